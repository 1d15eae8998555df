import { describe, expect, it } from "@jest/globals";
import { fixture } from "../openai/testing/fixture.ts";
import { runChat } from "../openai/testing/run-provider.ts";
import { KEY, PLAIN, STREAMED, useScriptedProvider } from "../openai/testing/scripted-provider.ts";
import { answer, chunk, LAST_CHUNK, STREAM_HEAD } from "../transport/testing/scripted-server.ts";
import { openRouterProvider } from "./openrouter-provider.ts";

const scripted = useScriptedProvider();
const provider = () => openRouterProvider(scripted.options());

describe("openRouterProvider", () => {
  it("asks for the cost with the usage, and names limit and roles as all its models know them", async () => {
    scripted.script(answer(200, fixture("chat.json", "openrouter")));
    const system = { role: "developer", content: "Be brief." } as const;
    const messages = [system, ...PLAIN.messages];
    await runChat(provider(), { ...PLAIN, messages, maxOutputTokens: 9 });
    const [head = "", body = ""] = (scripted.requests()[0] ?? "").split("\r\n\r\n");
    expect(head).toMatch(/^POST \/v1\/chat\/completions /);
    expect(head).toContain(`authorization: Bearer ${KEY}`);
    expect(JSON.parse(body)).toMatchObject({
      max_tokens: 9,
      usage: { include: true },
      messages: [{ role: "system" }, { role: "user" }],
    });
  });

  it("reads tokens and cost of a stream between comments", async () => {
    const stream = fixture("chat-stream.sse.txt", "openrouter");
    scripted.script(STREAM_HEAD, chunk(stream), LAST_CHUNK);
    const { deltas, answer: got, failure } = await runChat(provider(), STREAMED);
    expect(failure).toBeNull();
    expect(deltas).toEqual(["Hel", "lo"]);
    expect(got).toMatchObject({ finishReason: "stop", modelAnswered: "openai/gpt-4o-mini" });
    expect(provider().convertUsage(got.rawUsage).classes).toEqual({ input: 194, output: 2 });
    expect(provider().reportedCost?.(got.rawUsage)).toBe(30_300);
  });

  it("takes its id for the request id when no header names one", async () => {
    scripted.script(answer(200, fixture("chat.json", "openrouter")));
    const { answer: got } = await runChat(provider(), PLAIN);
    expect(got.providerRequestId).toBe("gen-1");
  });

  it("tells an empty purse from an unknown model", async () => {
    scripted.script(answer(402, fixture("error-402.json", "openrouter")));
    expect((await runChat(provider(), PLAIN)).failure).toMatchObject({ kind: "rejected" });
    scripted.script(answer(404, '{"error":{"code":404,"message":"No endpoints found"}}'));
    expect((await runChat(provider(), PLAIN)).failure).toMatchObject({ kind: "unknown_model" });
  });

  it.each([undefined, null, "x", {}])("finds no cost in %j", (rawUsage) => {
    expect(provider().reportedCost?.(rawUsage)).toBeNull();
  });
});
