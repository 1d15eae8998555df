import { describe, expect, it } from "@jest/globals";
import type { ChatRequest } from "../../calls/port.ts";
import { fixture } from "../openai/testing/fixture.ts";
import { runChat, runEmbedding } from "../openai/testing/run-provider.ts";
import {
  KEY,
  PLAIN,
  STREAMED,
  stream,
  textChunk,
  useScriptedProvider,
} from "../openai/testing/scripted-provider.ts";
import { answer, chunk, LAST_CHUNK, STREAM_HEAD } from "../transport/testing/scripted-server.ts";
import { googleProvider } from "./google-provider.ts";

const scripted = useScriptedProvider();
const provider = () => googleProvider(scripted.options());
const sent = () => JSON.parse((scripted.requests()[0] ?? "").split("\r\n\r\n")[1] ?? "");

const whole = (place: number) => ({ name: `f${place}`, arguments: `{"n":${place}}` });
const withFunction = (head: object, place: number) => ({ ...head, function: whole(place) });

describe("googleProvider", () => {
  it("sends the key as a bearer token, and what Gemini knows", async () => {
    scripted.script(answer(200, fixture("openai-compatible.json", "google")));
    const system = { role: "developer", content: "Be brief." } as const;
    const messages = [system, ...PLAIN.messages];
    await runChat(provider(), { ...PLAIN, messages, maxOutputTokens: 9, reasoningEffort: "low" });
    expect(scripted.requests()[0]).toContain(`\r\nauthorization: Bearer ${KEY}\r\n`);
    expect(sent()).toEqual({
      model: PLAIN.model,
      messages: [{ ...system, role: "system" }, ...PLAIN.messages],
      max_tokens: 9,
      reasoning_effort: "low",
    });
  });

  it("signs the tool calls that it sends back", async () => {
    scripted.script(answer(200, fixture("openai-compatible.json", "google")));
    const call = { id: "a", type: "function", function: { name: "f", arguments: "{}" } } as const;
    await runChat(provider(), {
      ...PLAIN,
      messages: [
        ...PLAIN.messages,
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "a", content: "x" },
      ],
    });
    expect(sent().messages[1].tool_calls).toEqual([
      {
        ...call,
        extra_content: { google: { thought_signature: "skip_thought_signature_validator" } },
      },
    ]);
  });

  it("counts thoughts, which stand in the total alone", async () => {
    scripted.script(answer(200, fixture("openai-compatible.json", "google")));
    const { answer: got } = await runChat(provider(), PLAIN);
    expect(provider().convertUsage(got.rawUsage)).toEqual({
      classes: { input: 9, output: 12, reasoning: 500 },
      status: "exact",
    });
  });

  it("keeps parallel tool calls apart that all come with index 0, and the last usage", async () => {
    const events = fixture("openai-compatible-stream.sse.txt", "google");
    scripted.script(STREAM_HEAD, chunk(events), LAST_CHUNK);
    const { toolCallDeltas, answer: got } = await runChat(provider(), STREAMED);
    expect(toolCallDeltas.map(({ index }) => index)).toEqual([0, 1]);
    expect(got).toMatchObject({ text: "Let me look.", finishReason: "tool_calls" });
    expect(got.toolCalls.map((call) => [call.id, call.function.arguments])).toEqual([
      ["function-call-1", '{"place":"Rome"}'],
      ["function-call-2", '{"place":"Bern"}'],
    ]);
    expect(provider().convertUsage(got.rawUsage).classes).toEqual({
      input: 60,
      output: 36,
      reasoning: 68,
    });
  });

  it.each([
    ["no index", [{ id: "a" }, { id: "b" }]],
    ["no id", [{ index: 0 }, { index: 0 }]],
    [
      "an empty id",
      [
        { index: 0, id: "" },
        { index: 0, id: "" },
      ],
    ],
  ])("keeps parallel tool calls apart that come with %s", async (_, heads) => {
    const pieces = heads.map((head, place) => ({
      choices: [{ delta: { tool_calls: [{ ...head, function: whole(place) }] } }],
    }));
    const both = [{ choices: [{ delta: { tool_calls: heads.map(withFunction) } }] }];
    for (const chunks of [pieces, both]) {
      scripted.script(...stream(...chunks, textChunk("", "tool_calls"), "[DONE]"));
      const { answer: got, toolCallDeltas } = await runChat(provider(), STREAMED);
      expect(got.toolCalls.map((call) => call.function)).toEqual([whole(0), whole(1)]);
      expect(toolCallDeltas.map(({ index }) => index)).toEqual([0, 1]);
    }
  });

  it("leaves a stream that breaks with the usage so far, unfinished", async () => {
    const events = fixture("openai-compatible-stream.sse.txt", "google");
    const begun = events.slice(0, events.indexOf("data:", 10));
    scripted.script(STREAM_HEAD, chunk(begun), { waitMs: 20 }, "reset");
    const { failure, answer: partial } = await runChat(provider(), STREAMED);
    expect(failure).toMatchObject({ kind: "unavailable" });
    expect(partial).toMatchObject({ finishReason: null, rawUsage: { total_tokens: 130 } });
  });

  it("reads errors that come as a list", async () => {
    scripted.script(answer(404, fixture("error-404.json", "google")));
    const { failure } = await runChat(provider(), PLAIN);
    expect(failure).toMatchObject({ kind: "unknown_model", httpStatus: 404 });
    expect(failure?.message).toContain("NOT_FOUND");
  });

  it("asks for embeddings as numbers", async () => {
    const body = { data: [{ index: 0, embedding: [0.5, -1] }], model: "m" };
    scripted.script(answer(200, JSON.stringify(body)));
    const { answer: got } = await runEmbedding(provider(), { model: "m", input: ["a"] });
    expect(got?.embeddings).toEqual([[0.5, -1]]);
    expect(sent().encoding_format).toBe("float");
  });

  it.each<[string, Partial<ChatRequest>]>([
    ["seed", { seed: 1 }],
    ["reasoningEffort", { reasoningEffort: "xhigh" }],
    ["messages[0].name", { messages: [{ role: "user", content: "Hi", name: "ann" }] }],
  ])("names %s of %j", (field, more) => {
    expect(provider().unsupported?.({ ...PLAIN, ...more })).toMatchObject({ field });
    expect(provider().unsupported?.({ ...PLAIN, reasoningEffort: "none" })).toBeUndefined();
  });
});
