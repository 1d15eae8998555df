import { describe, expect, it } from "@jest/globals";
import type { ChatRequest } from "../../calls/port.ts";
import { fixture as anyFixture } from "../openai/testing/fixture.ts";
import { runChat } from "../openai/testing/run-provider.ts";
import { KEY, PLAIN, STREAMED, useScriptedProvider } from "../openai/testing/scripted-provider.ts";
import {
  answer,
  chunk,
  LAST_CHUNK,
  STREAM_HEAD,
  type Step,
} from "../transport/testing/scripted-server.ts";
import { type AnthropicOptions, anthropicProvider } from "./anthropic-provider.ts";
import { withLastUsage } from "./testing/last-usage.ts";

const scripted = useScriptedProvider();
const fixture = (name: string) => anyFixture(name, "anthropic");
const provider = (more: Partial<AnthropicOptions> = {}) =>
  anthropicProvider({ ...scripted.options(), defaultMaxOutputTokens: 1_000, ...more });
const asStream = (text: string): Step[] => [STREAM_HEAD, chunk(text), LAST_CHUNK];
/** The first so many events of a stream. */
const begun = (text: string, events: number) =>
  `${text.split("\n\n").slice(0, events).join("\n\n")}\n\n`;

describe("anthropicProvider: what it sends", () => {
  it.each(["", "/v1", "/v1/"])("posts to /v1/messages of %j with key and version", async (path) => {
    scripted.script(answer(200, fixture("message-plain.json")));
    const baseUrl = scripted.baseUrl().replace("/v1", path);
    await runChat(provider({ baseUrl, apiKey: () => `${KEY}\n` }), PLAIN);
    const request = scripted.requests()[0] ?? "";
    expect(request).toMatch(/^POST \/v1\/messages HTTP\/1.1\r\n/);
    expect(request).toContain(`\r\nx-api-key: ${KEY}\r\n`);
    expect(request).toContain("\r\nanthropic-version: 2023-06-01\r\n");
    expect(request).toContain('"max_tokens":1000');
  });

  it("refuses the call when there is no key, and a base URL that would show it", async () => {
    const { failure } = await runChat(provider({ apiKey: () => "" }), PLAIN);
    expect(failure).toMatchObject({ kind: "rejected", maybeBilled: false });
    expect(scripted.requests()).toHaveLength(0);
    expect(() => provider({ baseUrl: "http://api.anthropic.com" })).toThrow(/must be https/);
  });
});

describe("anthropicProvider: what it makes of an answer", () => {
  it("gives text, tools, reason, model, id and usage of a plain answer", async () => {
    scripted.script(answer(200, fixture("message-tool-use.json"), { "request-id": "req_7" }));
    const { answer: got, events } = await runChat(provider(), PLAIN);
    expect(events).toEqual(["done"]);
    expect(got).toMatchObject({
      text: "Let me look.",
      finishReason: "tool_calls",
      modelAnswered: "claude-opus-4-6",
      providerRequestId: "req_7",
      rawUsage: { input_tokens: 384, output_tokens: 117 },
    });
    expect(got.toolCalls.map((call) => call.function)).toEqual([
      { name: "get_weather", arguments: '{"location":"San Francisco, CA","unit":"celsius"}' },
      { name: "get_time", arguments: "{}" },
    ]);
  });

  it("passes on a stream's text piece by piece, and its usage whole", async () => {
    scripted.script(...asStream(fixture("message-stream.sse.txt")));
    const { deltas, answer: got, events } = await runChat(provider(), STREAMED);
    expect(deltas).toEqual(["Hello", "! Grüß", " dich 👋"]);
    expect(events).toEqual(["delta", "delta", "delta", "done"]);
    expect(got).toMatchObject({
      finishReason: "stop",
      modelAnswered: "claude-sonnet-4-5-20250929",
    });
    expect(got.isUsagePartial).toBeUndefined();
    expect(provider().convertUsage(got.rawUsage)).toEqual({
      classes: { input: 25, cacheRead: 1000, cacheWrite5m: 100, cacheWrite1h: 200, output: 15 },
      status: "exact",
    });
  });

  it("passes on streamed tool calls, thinking left out, one without arguments made whole", async () => {
    scripted.script(...asStream(fixture("tool-use-stream.sse.txt")));
    const { toolCallDeltas, answer: got } = await runChat(provider(), STREAMED);
    expect(toolCallDeltas).toEqual([
      { index: 0, id: "toolu_01T1x1fJ34qAmk2tNTrN7Up6", name: "get_weather", arguments: "" },
      { index: 0, arguments: '{"location":' },
      { index: 0, arguments: ' "San Fra' },
      { index: 0, arguments: 'ncisco, CA"}' },
      { index: 1, id: "toolu_01Kd8sQx", name: "get_time", arguments: "" },
      { index: 1, arguments: "{}" },
    ]);
    expect(got).toMatchObject({ text: "Let me look.", finishReason: "tool_calls" });
    expect(provider().convertUsage(got.rawUsage).classes).toEqual({
      input: 472,
      output: 58,
      reasoning: 31,
    });
  });

  it.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["tool_use", "tool_calls"],
    ["refusal", "content_filter"],
    ["pause_turn", "pause_turn"],
  ])("calls %s %s", async (stop_reason, finishReason) => {
    const message = { ...JSON.parse(fixture("message-plain.json")), stop_reason };
    scripted.script(answer(200, JSON.stringify(message)));
    expect((await runChat(provider(), PLAIN)).answer.finishReason).toBe(finishReason);
  });

  it.each([
    [{}, "standard"],
    [{ service_tier: "batch" }, "batch"],
    [{ inference_geo: "us" }, "us"],
    [{ inference_geo: "us", speed: "fast" }, "us-fast"],
  ])("says the tier of a usage with %j: %s, plain and streamed", async (more, tier) => {
    const message = JSON.parse(fixture("message-plain.json"));
    Object.assign(message.usage, more);
    scripted.script(answer(200, JSON.stringify(message)));
    expect((await runChat(provider(), PLAIN)).answer.serviceTier).toBe(tier);
    const start = `data: ${JSON.stringify({ type: "message_start", message })}\n\n`;
    const rest = fixture("message-stream.sse.txt").split("\n\n").slice(1).join("\n\n");
    scripted.script(...asStream(start + rest));
    expect((await runChat(provider(), STREAMED)).answer.serviceTier).toBe(tier);
  });

  it("takes what is no message for unreadable", async () => {
    scripted.script(answer(200, '{"choices":[]}'));
    expect((await runChat(provider(), PLAIN)).failure).toMatchObject({ kind: "unavailable" });
  });

  it("passes over events of another shape", async () => {
    const odd = [{ type: "message_start" }, { type: "content_block_start", content_block: 7 }, {}];
    const odder = [
      { type: "content_block_delta", delta: { type: "text_delta", text: 7 } },
      { type: "soon" },
    ];
    const events = [...odd, ...odder].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
    scripted.script(...asStream(events + fixture("message-stream.sse.txt")));
    expect((await runChat(provider(), STREAMED)).answer.text).toBe("Hello! Grüß dich 👋");
  });
});

describe("anthropicProvider: what it makes of a failure", () => {
  it.each<[number, string, object]>([
    [400, "error-400.json", { kind: "rejected" }],
    [404, "error-404.json", { kind: "unknown_model" }],
    [429, "error-429.json", { kind: "rate_limited", retryAfterMs: 12_000, repeat: "later" }],
    [529, "error-529.json", { kind: "unavailable", repeat: "later" }],
  ])("tells a %i apart", async (status, name, expected) => {
    const headers: Record<string, string> = status === 429 ? { "retry-after": "12" } : {};
    scripted.script(answer(status, fixture(name), { "request-id": "req_9", ...headers }));
    const { failure } = await runChat(provider(), STREAMED);
    expect(failure).toMatchObject({ ...expected, maybeBilled: false, httpStatus: status });
    expect(failure?.providerRequestId).toBe("req_9");
    expect(failure?.message).not.toContain("secret prompt");
  });

  it("keeps text and the usage so far of a stream that breaks", async () => {
    const cut = begun(fixture("message-stream.sse.txt"), 5);
    scripted.script(STREAM_HEAD, chunk(cut), { waitMs: 20 }, "reset");
    const { failure, answer: partial } = await runChat(provider(), STREAMED);
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true });
    expect(partial).toMatchObject({
      text: "Hello! Grüß",
      finishReason: null,
      rawUsage: { input_tokens: 25, output_tokens: 1 },
      isUsagePartial: true,
    });
  });

  it.each([
    ["none", undefined],
    ["no usage but null", null],
    ["no output", { input_tokens: 25 }],
    ["an output in text", { output_tokens: "15" }],
  ])("says that a usage is a beginning when the last event has %s", async (_what, usage) => {
    scripted.script(...asStream(withLastUsage(fixture("message-stream.sse.txt"), usage)));
    const { answer: got, events } = await runChat(provider(), STREAMED);
    expect(events.at(-1)).toBe("done");
    expect(got).toMatchObject({
      finishReason: "stop",
      rawUsage: { input_tokens: 25, cache_read_input_tokens: 1000 },
      isUsagePartial: true,
    });
  });

  it("does not take a stream for whole that breaks after a stop reason without its usage", async () => {
    const most = withLastUsage(begun(fixture("message-stream.sse.txt"), 8), undefined);
    scripted.script(STREAM_HEAD, chunk(most), { waitMs: 20 }, "reset");
    const { failure, answer: partial } = await runChat(provider(), STREAMED);
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true });
    expect(partial).toMatchObject({ finishReason: "stop", isUsagePartial: true });
  });

  it("does not take a stream for whole that ends before its stop reason", async () => {
    scripted.script(...asStream(begun(fixture("message-stream.sse.txt"), 7)));
    expect((await runChat(provider(), STREAMED)).failure).toMatchObject({ kind: "unavailable" });
  });

  it("takes a stream for whole that breaks after its usage", async () => {
    const most = begun(fixture("message-stream.sse.txt"), 8);
    scripted.script(STREAM_HEAD, chunk(most), { waitMs: 20 }, "reset");
    expect((await runChat(provider(), STREAMED)).events.at(-1)).toBe("done");
  });

  it.each([
    ["overloaded_error", "unavailable"],
    ["rate_limit_error", "rate_limited"],
    ["api_error", "unavailable"],
  ])("fails on an error event in mid-stream: %s", async (type, kind) => {
    const error = `event: error\ndata: {"type":"error","error":{"type":"${type}","message":"x"}}\n\n`;
    scripted.script(...asStream(begun(fixture("message-stream.sse.txt"), 4) + error));
    const { failure, answer: partial } = await runChat(provider(), STREAMED);
    expect(failure).toMatchObject({ kind, maybeBilled: true });
    expect(partial.text).toBe("Hello");
  });
});

describe("anthropicProvider: what it cannot do", () => {
  const said: ChatRequest["messages"] = [{ role: "user", content: "Hi" }];
  const used = (args: string): ChatRequest["messages"] => [
    ...said,
    {
      role: "assistant",
      tool_calls: [{ id: "a", type: "function", function: { name: "f", arguments: args } }],
    },
  ];
  const schema = { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } };

  it.each<[string, Partial<ChatRequest>]>([
    ["seed", { seed: 7 }],
    ["temperature", { temperature: 1.1 }],
    ["reasoningEffort", { reasoningEffort: "none" }],
    ["reasoningEffort", { reasoningEffort: "minimal" }],
    ["responseFormat", { responseFormat: { type: "json_object" } }],
    ["responseFormat", { responseFormat: { type: "json_schema", json_schema: { name: "a" } } }],
    ["messages[0].name", { messages: [{ role: "user", content: "Hi", name: "ann" }] }],
    ["messages[1].tool_calls[0].function.arguments", { messages: used("[1]") }],
    ["messages[1].tool_calls[0].function.arguments", { messages: used("{oops") }],
  ])("names %s of %j", (field, more) => {
    expect(provider().unsupported?.({ ...PLAIN, ...more })).toMatchObject({ field });
  });

  it.each<[Partial<ChatRequest>]>([
    [{}],
    [{ temperature: 1, topP: 0.5, stop: ["x"], reasoningEffort: "xhigh" }],
    [{ responseFormat: { type: "text" } }],
    [{ responseFormat: schema }],
    [{ messages: used("") }],
    [{ messages: used('{"a":1}') }],
  ])("takes %j", (more) => {
    expect(provider().unsupported?.({ ...PLAIN, ...more })).toBeUndefined();
  });

  it("has no embeddings", () => {
    expect(provider().embed).toBeUndefined();
  });
});
