import Anthropic from "@anthropic-ai/sdk";
import { describe, expect, it } from "@jest/globals";
import OpenAI from "openai";
import { ask, collect, fetchWithOwnErrors, KEY, useSimModel } from "./harness.ts";

const sim = useSimModel();

const claude = () =>
  new Anthropic({
    apiKey: KEY,
    baseURL: `${sim.url()}/anthropic`,
    maxRetries: 0,
    logLevel: "off",
    fetch: fetchWithOwnErrors,
  });

const WEATHER: Anthropic.Tool = {
  name: "get_weather",
  description: "The weather of a place.",
  input_schema: { type: "object", properties: { place: { type: "string" } }, required: ["place"] },
};

const said = (content: string, more: object = {}) => ({
  model: "claude-haiku-4-5",
  max_tokens: 500,
  messages: [{ role: "user" as const, content }],
  ...more,
});

describe("Anthropic's messages, through the official client", () => {
  it("say and bill what chat completions do", async () => {
    const message = "Tell me of the sea. [sim tokens=30 cached=5 reasoning=10]";
    const ours = await claude().messages.create(said(message));
    const chat = await sim.client().chat.completions.create(ask(message));
    expect(ours).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      model: "claude-haiku-4-5-20251001",
      content: [{ type: "text", text: chat.choices[0]?.message.content }],
      stop_reason: "end_turn",
      usage: {
        input_tokens: (chat.usage?.prompt_tokens ?? 0) - 5,
        cache_read_input_tokens: 5,
        output_tokens: 40,
        output_tokens_details: { thinking_tokens: 10 },
      },
    });
    expect(sim.lastRecord()).toMatchObject({ promptTokens: chat.usage?.prompt_tokens });
  });

  it("stream to the plain answer", async () => {
    const body = said("Tell me of the sea. [sim cached=4]");
    const plain = await claude().messages.create(body);
    const streamed = await claude().messages.stream(body).finalMessage();
    const { id: _, ...rest } = plain;
    expect(streamed).toMatchObject(rest);
    expect(sim.lastRecord()).toMatchObject({ endpoint: "/anthropic/v1/messages", outcome: "ok" });
  });

  it("call tools, and talk when these have answered", async () => {
    const tools = { tools: [WEATHER], tool_choice: { type: "any" as const } };
    const body = said("Weather?", tools);
    const first = await claude().messages.create(body);
    const streamed = await claude().messages.stream(body).finalMessage();
    expect(first.stop_reason).toBe("tool_use");
    expect(first.content).toMatchObject([
      { type: "tool_use", name: "get_weather", input: { place: expect.any(String) } },
    ]);
    expect(streamed.content).toMatchObject([
      { input: (first.content[0] as { input: object }).input },
    ]);
    const used = first.content.find((block) => block.type === "tool_use");
    const second = await claude().messages.create({
      ...said("", { tools: [WEATHER] }),
      messages: [
        { role: "user", content: "Weather? [sim tool=get_weather]" },
        { role: "assistant", content: first.content },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: used?.id ?? "", content: "Sunny" }],
        },
      ],
    });
    expect(second).toMatchObject({ stop_reason: "end_turn", content: [{ type: "text" }] });
  });

  it("obey limit, schema and system prompt", async () => {
    const short = await claude().messages.create(said("Talk. [sim tokens=50]", { max_tokens: 9 }));
    expect(short).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 9 } });
    const schema = { type: "object", properties: { sea: { type: "string" } }, required: ["sea"] };
    const format = { type: "json_schema", schema };
    const answer = await claude().messages.create(
      said("JSON", { system: "Be brief.", output_config: { format } }),
    );
    const [block] = answer.content;
    expect(JSON.parse(block?.type === "text" ? block.text : "")).toEqual({
      sea: expect.any(String),
    });
  });

  it.each([
    ["429", Anthropic.RateLimitError, 429, "rate_limit_error"],
    ["500", Anthropic.InternalServerError, 500, "api_error"],
    ["503", Anthropic.InternalServerError, 529, "overloaded_error"],
  ])("fail on fault=%s in Anthropic's words", async (fault, errorClass, status, type) => {
    const error = await claude()
      .messages.create(said(`Fail [sim fault=${fault}]`))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject({ status, error: { error: { type } } });
    expect(sim.lastRecord()).toMatchObject({ outcome: "fault", status, usage: null });
  });

  it("break off with what went out", async () => {
    const stream = await claude().messages.create({
      ...said("Cut [sim cutAfter=3 chunks=10 tokens=40]"),
      stream: true,
    });
    const events: Anthropic.MessageStreamEvent[] = [];
    const reading = (async () => {
      for await (const event of stream) events.push(event);
    })();
    await expect(reading).rejects.toThrow();
    expect(events.filter(({ type }) => type === "content_block_delta")).toHaveLength(3);
    expect(sim.lastRecord()).toMatchObject({ outcome: "cut", completionTokens: 12 });
  });

  it("tell no usage when it is to be kept back", async () => {
    const events = await collect(
      await claude().messages.create({ ...said("Hush [sim usage=none]"), stream: true }),
    );
    expect(JSON.stringify(events)).not.toContain("usage");
  });

  it.each([
    ["an unknown model", { model: "claude-17" }, 404],
    ["no limit", { max_tokens: undefined }, 400],
    ["a parameter of OpenAI's", { seed: 1 }, 400],
    ["a temperature above 1", { temperature: 1.5 }, 400],
    ["an empty text", { system: "" }, 400],
    ["a tool without a schema", { tools: [{ name: "x" }] }, 400],
  ])("are refused with %s", async (_, more, status) => {
    const error = await claude()
      .messages.create(said("Hi", more) as Anthropic.MessageCreateParamsNonStreaming)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status, requestID: expect.stringMatching(/^req_/) });
  });

  it.each([
    ["a key", {}, 401, "authentication_error"],
    ["a version", { "x-api-key": KEY }, 400, "invalid_request_error"],
  ])("ask for %s", async (_, headers, status, type) => {
    const response = await sim.post("/anthropic/v1/messages", said("Hi"), { headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: "error", error: { type } });
  });
});

const clientOf = (path: string, headers: Record<string, string> = {}) =>
  sim.client({ baseURL: sim.url() + path, defaultHeaders: headers });

describe("those who speak OpenAI's protocol", () => {
  it("OpenRouter tells its own cost when asked for it", async () => {
    const router = clientOf("/openrouter/api/v1");
    const body = ask("Hi [sim tokens=10 overcharge=7]", {
      model: "openai/gpt-4o-mini",
      max_tokens: 20,
    });
    const asking = { ...body, usage: { include: true } };
    const { usage } = await router.chat.completions.create(asking);
    const nanoUsd = (usage?.prompt_tokens ?? 0) * 150 + 10 * 600 + 7;
    expect(usage).toMatchObject({ cost: nanoUsd / 1e9, is_byok: false });
    const { usage: without } = await router.chat.completions.create(body);
    expect(without).not.toHaveProperty("cost");
  });

  it("Azure takes its key in a header of its own, and a deployment for a model", async () => {
    const azure = clientOf("/azure/openai/v1", { "api-key": KEY });
    const body = ask("Hi [sim tokens=5]", { model: "sim-deployment" });
    const chunks = await collect(
      await azure.chat.completions.create({
        ...body,
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(chunks[0]).toMatchObject({ model: "", choices: [] });
    expect(chunks.at(-1)).toMatchObject({
      model: "gpt-4o-mini-2024-07-18",
      usage: { completion_tokens: 5 },
    });
    await expect(
      sim.client({ baseURL: `${sim.url()}/azure/openai/v1` }).models.list(),
    ).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it("Gemini counts its thoughts in the total alone", async () => {
    const body = ask("Hi [sim tokens=10 reasoning=32]", { model: "gemini-2.5-flash" });
    const { usage } = await clientOf("/google/v1beta/openai").chat.completions.create(body);
    expect(usage).toEqual({
      prompt_tokens: sim.lastRecord()?.promptTokens,
      completion_tokens: 10,
      total_tokens: (sim.lastRecord()?.promptTokens ?? 0) + 42,
    });
    expect(sim.lastRecord()?.completionTokens).toBe(42);
  });

  it.each([
    ["/openrouter/api/v1", { error: { code: 404 } }],
    ["/google/v1beta/openai", [{ error: { code: 404, status: "NOT_FOUND" } }]],
  ])("%s refuses in its own words", async (path, body) => {
    const response = await sim.post(`${path}/chat/completions`, ask("Hi", { model: "none-such" }));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject(body);
  });
});
