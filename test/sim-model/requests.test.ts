import { describe, expect, it } from "@jest/globals";
import type { ErrorBody } from "../../tools/sim-model/errors.ts";
import { MODELS } from "../../tools/sim-model/models.ts";
import { ask, jsonOf, KEY, useSimModel } from "./harness.ts";

const sim = useSimModel();

async function refusal(body: unknown, init: RequestInit = {}, path = "/v1/chat/completions") {
  const response = await sim.post(path, body, init);
  const { error } = await jsonOf<{ error: ErrorBody }>(response);
  return { status: response.status, ...error };
}

const headers = (authorization: string) => ({ headers: { authorization } });

describe("keys", () => {
  it("are required", async () => {
    expect(await refusal(ask("Hi"), { headers: {} })).toMatchObject({
      status: 401,
      type: "invalid_request_error",
      code: null,
    });
  });

  it.each(["Bearer nonsense", "Bearer sk-", "Bearer ", "Basic sk-simulated", "sk-simulated"])(
    "refuse %j",
    async (authorization) => {
      expect(await refusal(ask("Hi"), headers(authorization))).toMatchObject({
        status: 401,
        code: "invalid_api_key",
      });
    },
  );
});

describe("models", () => {
  it("answer under their dated names, which can be asked for too", async () => {
    for (const { name, dated, kind } of MODELS) {
      if (kind !== "chat") continue;
      for (const asked of [name, dated]) {
        const answer = await sim.client().chat.completions.create(ask("Hi", { model: asked }));
        expect(answer.model).toBe(dated);
      }
    }
  });

  it("are listed by both names", async () => {
    const names = (await sim.client().models.list()).data.map((model) => model.id);
    expect(names).toEqual(expect.arrayContaining(["gpt-4o", "gpt-4o-2024-08-06", "sim-unpriced"]));
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(["gpt-9", "constructor", "text-embedding-3-small", "gpt-4o-mini-2099-01-01"])(
    "do not include %j for a chat",
    async (model) => {
      expect(await refusal(ask("Hi", { model }))).toEqual({
        status: 404,
        message: `The model \`${model}\` does not exist or you do not have access to it.`,
        type: "invalid_request_error",
        param: null,
        code: "model_not_found",
      });
    },
  );
});

describe("bad requests", () => {
  const user = { role: "user", content: "Hi" };
  const tool = { type: "function", function: { name: "f" } };

  it.each<[string, unknown, string | null]>([
    ["no JSON", "{", null],
    ["an array", [], null],
    ["no model", { messages: [user] }, null],
    ["an unknown parameter", ask("Hi", { temprature: 1 }), null],
    ["several choices", ask("Hi", { n: 2 }), "n"],
    ["no messages", { model: "gpt-4o" }, "messages"],
    ["empty messages", ask("Hi", { messages: [] }), "messages"],
    ["messages that are text", ask("Hi", { messages: "Hi" }), "messages"],
    ["a message that is text", ask("Hi", { messages: ["Hi"] }), "messages[0]"],
    ["an unknown role", ask("Hi", { messages: [{ role: "robot" }] }), "messages[0].role"],
    ["no content", ask("Hi", { messages: [{ role: "user" }] }), "messages[0].content"],
    ["an empty assistant", ask("Hi", { messages: [{ role: "assistant" }] }), "messages[0].content"],
    [
      "a part of no kind",
      ask("Hi", { messages: [{ ...user, content: [{}] }] }),
      "messages[0].content[0]",
    ],
    ["a name that is none", ask("Hi", { messages: [{ ...user, name: 1 }] }), "messages[0].name"],
    [
      "a tool's answer to nothing",
      ask("Hi", { messages: [{ ...user, role: "tool" }] }),
      "messages[0].tool_call_id",
    ],
    ["max_tokens for a thinker", ask("Hi", { model: "o3", max_tokens: 5 }), "max_tokens"],
    ["a limit of zero", ask("Hi", { max_tokens: 0 }), "max_tokens"],
    ["a limit that is none", ask("Hi", { max_completion_tokens: "9" }), "max_completion_tokens"],
    ["stream_options without stream", ask("Hi", { stream_options: {} }), "stream_options"],
    ["five stop sequences", ask("Hi", { stop: ["1", "2", "3", "4", "5"] }), "stop"],
    ["a strange format", ask("Hi", { response_format: { type: "xml" } }), "response_format"],
    ["a strange tier", ask("Hi", { service_tier: "gold" }), "service_tier"],
    ["a strange effort", ask("Hi", { model: "o3", reasoning_effort: "huge" }), "reasoning_effort"],
    ["effort of a non-thinker", ask("Hi", { reasoning_effort: "low" }), "reasoning_effort"],
    [
      "a tool without name",
      ask("Hi", { tools: [{ type: "function", function: {} }] }),
      "tools[0].function.name",
    ],
    ["a tool of no kind", ask("Hi", { tools: [{}] }), "tools[0]"],
    ["a choice without tools", ask("Hi", { tool_choice: "auto" }), "tool_choice"],
    [
      "a choice of another tool",
      ask("Hi", { tools: [tool], tool_choice: { type: "function", function: { name: "g" } } }),
      "tool_choice",
    ],
    ["a directive for a missing tool", ask("Hi [sim tool=g]", { tools: [tool] }), "tool_choice"],
    ["a directive with a slip", ask("Hi [sim latencyy=3]"), "messages"],
  ])("are refused for %s", async (_what, body, param) => {
    expect(await refusal(body)).toMatchObject({
      status: 400,
      message: expect.any(String),
      type: "invalid_request_error",
      param,
    });
    expect(sim.lastRecord()).toMatchObject({ outcome: "refused", status: 400, usage: null });
  });

  it("say that there is no such address", async () => {
    expect(await refusal({}, {}, "/v1/completions")).toMatchObject({
      status: 404,
      message: "Invalid URL (POST /v1/completions)",
    });
    const response = await fetch(`${sim.url()}/`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(response.status).toBe(404);
  });
});
