import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { ChatRequest, Provider } from "../../functions/src/calls/port.ts";
import { inputTokens, outputTokens } from "../../functions/src/core/tokens.ts";
import { anthropicProvider } from "../../functions/src/providers/anthropic/anthropic-provider.ts";
import { runMessagesSdk } from "../../functions/src/providers/anthropic/testing/run-sdk.ts";
import { runChat } from "../../functions/src/providers/openai/testing/run-provider.ts";
import { keepAliveAgent } from "../../functions/src/providers/transport/http-transport.ts";
import { type SimModel, startSimModel } from "../../tools/sim-model/server.ts";
import { eventually } from "../sim-model/harness.ts";

const agent = keepAliveAgent();
let sim: SimModel;
let provider: Provider;

beforeAll(async () => {
  sim = await startSimModel();
  provider = anthropicProvider({
    baseUrl: `${sim.url}/anthropic`,
    apiKey: () => "sk-test",
    agent,
    defaultMaxOutputTokens: 1_000,
    totalTimeoutMs: 10_000,
    idleTimeoutMs: 500,
  });
});

afterAll(async () => {
  await agent.destroy();
  await sim.stop();
});

const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "claude-haiku-4-5",
  messages: [{ role: "user", content }],
  stream: false,
  ...more,
});

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const WEATHER = { type: "function", function: { name: "weather", parameters } } as const;

const CALLS: [string, Partial<ChatRequest> & { content: string }][] = [
  ["a question", { content: "Tell me of the sea." }],
  ["an output limit", { content: "Tell me of the sea.", maxOutputTokens: 5 }],
  ["cached input", { content: `${"The sea is wide. ".repeat(100)}[sim cached=128]` }],
  ["thinking", { content: "Why is the sea salt? [sim reasoning=40]" }],
  ["effort", { content: "Why is the sea salt?", reasoningEffort: "high" }],
  ["a tool", { content: "Weather in Rome?", tools: [WEATHER], toolChoice: "required" }],
];

describe("the Anthropic provider on the simulated model", () => {
  it.each(CALLS)("gives what the SDK gives, plain and streamed, for %s", async (_, asked) => {
    const { content, ...more } = asked;
    const plain = await runChat(provider, ask(content, more));
    const streamed = await runChat(provider, ask(content, { ...more, stream: true }));
    const sdk = await runMessagesSdk(`${sim.url}/anthropic`, ask(content, more));
    const { text, toolCalls, finishReason, modelAnswered } = plain.answer;
    expect([plain.failure, streamed.failure, sdk.failureKind]).toEqual([null, null, null]);
    expect({ text, modelAnswered }).toEqual({ text: sdk.text, modelAnswered: sdk.modelAnswered });
    expect(streamed.answer).toMatchObject({ text, finishReason, modelAnswered });
    const said = [plain.answer.toolCalls, streamed.answer.toolCalls, sdk.toolCalls];
    const calls = toolCalls.map((call) => call.function);
    expect(said.map((each) => each.map((call) => call.function))).toEqual([calls, calls, calls]);
    const usages = [plain.answer.rawUsage, streamed.answer.rawUsage, sdk.usage];
    const usage = provider.convertUsage(plain.answer.rawUsage);
    expect(usages.map((each) => provider.convertUsage(each))).toEqual([usage, usage, usage]);
  });

  it.each(CALLS)("counts what the model bills, for %s", async (_, { content, ...more }) => {
    const { answer } = await runChat(provider, ask(content, { ...more, stream: true }));
    const { classes, status } = provider.convertUsage(answer.rawUsage);
    const record = sim.records().at(-1);
    expect(status).toBe("exact");
    expect(inputTokens(classes)).toBe(record?.promptTokens);
    expect(outputTokens(classes)).toBe(record?.completionTokens);
    expect(answer.providerRequestId).toBe(record?.requestIdHeader);
  });

  const KINDS = [
    ["usage=none", "usage_missing"],
    ["usage=negative", "usage_negative"],
    ["usage=mismatch", "usage_inconsistent"],
    ["usage=overcached", "usage_inconsistent"],
  ].flatMap(([directive, reason]) =>
    [false, true].map((stream) => ({ directive, reason, stream })),
  );

  it.each(KINDS)("does not believe [sim $directive], streamed: $stream", async (kind) => {
    const { answer } = await runChat(provider, ask(`Hush. [sim ${kind.directive}]`, kind));
    expect(answer.text).not.toBe("");
    expect(provider.convertUsage(answer.rawUsage)).toMatchObject({
      status: "estimated",
      estimatedBecause: kind.reason,
    });
  });

  it.each<[string, boolean, object]>([
    ["fault=429 retryAfter=2", false, { kind: "rate_limited", retryAfterMs: 2_000 }],
    ["fault=500", false, { kind: "unavailable", httpStatus: 500, repeat: "later" }],
    ["fault=503", true, { kind: "unavailable", httpStatus: 529, repeat: "later" }],
    ["fault=reset", true, { kind: "unavailable", maybeBilled: true, repeat: "at_once" }],
    ["fault=badjson", false, { kind: "unavailable", maybeBilled: true }],
    ["cutAfter=3", false, { kind: "unavailable", maybeBilled: true }],
    ["cutAfter=3", true, { kind: "unavailable", maybeBilled: true }],
  ])("fails as the SDK does on [sim %s], streamed: %p", async (directive, stream, failure) => {
    const request = ask(`Fail, please. [sim ${directive}]`, { stream });
    const ours = await runChat(provider, request);
    expect(ours.failure).toMatchObject(failure);
    const sdk = await runMessagesSdk(`${sim.url}/anthropic`, request);
    expect([sdk.failureKind, sdk.text]).toEqual([ours.failure?.kind, ours.answer.text]);
  });

  it("lets the model stop at once on an abort, and keeps what it had counted", async () => {
    const request = ask("Slowly. [sim chunkDelay=20 tokens=500]", { stream: true });
    const { failure, answer } = await runChat(provider, request, {
      onDelta: (_, call) => call.abort(),
    });
    expect(failure).toMatchObject({ kind: "aborted", maybeBilled: true });
    expect(answer).toMatchObject({ finishReason: null, rawUsage: { output_tokens: 1 } });
    await eventually(
      () => sim.records().at(-1)?.outcome,
      (outcome) => outcome === "aborted",
    );
  });
});
