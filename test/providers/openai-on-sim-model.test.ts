import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { estimateInput } from "../../functions/src/calls/estimate-input.ts";
import type {
  ChatMessage,
  ChatRequest,
  Provider,
  RunningCall,
} from "../../functions/src/calls/port.ts";
import { inputTokens, outputTokens } from "../../functions/src/core/tokens.ts";
import { openAiProvider } from "../../functions/src/providers/openai/openai-provider.ts";
import {
  runChat,
  runEmbedding,
} from "../../functions/src/providers/openai/testing/run-provider.ts";
import { runSdk } from "../../functions/src/providers/openai/testing/run-sdk.ts";
import { tokenCounter } from "../../functions/src/providers/tokenizer/token-counter.ts";
import { keepAliveAgent } from "../../functions/src/providers/transport/http-transport.ts";
import { type SimModel, startSimModel } from "../../tools/sim-model/server.ts";

const agent = keepAliveAgent();
const counter = tokenCounter();
let sim: SimModel;
let provider: Provider;

beforeAll(async () => {
  sim = await startSimModel();
  const limits = { totalTimeoutMs: 10_000, idleTimeoutMs: 500 };
  provider = openAiProvider({
    baseUrl: `${sim.url}/v1`,
    apiKey: () => "sk-test",
    agent,
    ...limits,
  });
});

afterAll(async () => {
  await agent.destroy();
  await sim.stop();
});

const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content }],
  stream: false,
  ...more,
});

const WEATHER = {
  type: "function" as const,
  function: {
    name: "weather",
    description: "Tells the weather in a city.",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string", description: "The city." },
        unit: { type: "string", description: "The unit", enum: ["celsius", "fahrenheit"] },
      },
      required: ["city"],
    },
  },
};

const CALLS: [string, Partial<ChatRequest> & { content: string }][] = [
  ["a question", { content: "Tell me of the sea." }],
  ["an output limit", { content: "Tell me of the sea.", maxOutputTokens: 5 }],
  ["cached input", { content: `${"The sea is wide. ".repeat(100)}[sim cached=128]` }],
  ["reasoning", { content: "Why is the sea salt?", model: "gpt-5-mini", reasoningEffort: "high" }],
  ["audio", { content: "Listen. [sim audioIn=40 audioOut=50]" }],
  ["a tool", { content: "Weather in Rome?", tools: [WEATHER], toolChoice: "required" }],
  ["options", { content: "A poem.", temperature: 0.5, topP: 0.9, seed: 7, stop: ["zzz"] }],
  ["JSON", { content: "A list, as JSON.", responseFormat: { type: "json_object" } }],
  ["no usage", { content: "Hush. [sim usage=none]" }],
];

describe("the OpenAI provider on the simulated model", () => {
  it.each(CALLS)(
    "gives what the SDK gives, plain and streamed, for %s",
    async (_, { content, ...more }) => {
      const plain = await runChat(provider, ask(content, more));
      const streamed = await runChat(provider, ask(content, { ...more, stream: true }));
      const sdk = await runSdk(`${sim.url}/v1`, ask(content, more));
      const { text, toolCalls, finishReason, modelAnswered, rawUsage } = plain.answer;
      expect(plain.failure).toBeNull();
      expect({ text, finishReason, modelAnswered, rawUsage }).toEqual({
        text: sdk.text,
        finishReason: sdk.finishReason,
        modelAnswered: sdk.modelAnswered,
        rawUsage: sdk.rawUsage,
      });
      expect(toolCalls.map((call) => call.function)).toEqual(
        sdk.toolCalls.map((call) => call.function),
      );
      expect(streamed.answer).toMatchObject({ text, finishReason, modelAnswered, rawUsage });
      expect(streamed.deltas.join("")).toBe(text);
      expect(streamed.answer.toolCalls.map((call) => call.function)).toEqual(
        toolCalls.map((call) => call.function),
      );
    },
  );

  it("names the request as the model's records do", async () => {
    const { answer } = await runChat(provider, ask("Tell me of the sea."));
    const record = sim.records().at(-1);
    expect(answer.providerRequestId).toBe(record?.requestIdHeader);
    expect(answer.providerRequestId).toMatch(/./);
  });

  it.each(CALLS.slice(0, -1))(
    "counts what the model bills, for %s",
    async (_, { content, ...more }) => {
      const { answer } = await runChat(provider, ask(content, { ...more, stream: true }));
      const { classes, status } = provider.convertUsage(answer.rawUsage);
      const record = sim.records().at(-1);
      expect(status).toBe("exact");
      expect(inputTokens(classes)).toBe(record?.promptTokens);
      expect(outputTokens(classes)).toBe(record?.completionTokens);
    },
  );

  it.each([
    ["usage=none", "usage_missing"],
    ["usage=negative", "usage_negative"],
    ["usage=mismatch", "usage_inconsistent"],
    ["usage=overcached", "usage_inconsistent"],
  ])("does not believe [sim %s]", async (directive, reason) => {
    const { answer } = await runChat(provider, ask(`Hush. [sim ${directive}]`));
    expect(answer.text).not.toBe("");
    expect(provider.convertUsage(answer.rawUsage)).toMatchObject({
      status: "estimated",
      estimatedBecause: reason,
    });
  });

  it.each<[string, boolean, object]>([
    [
      "fault=429 retryAfter=2",
      false,
      { kind: "rate_limited", retryAfterMs: 2_000, maybeBilled: false },
    ],
    ["fault=500", false, { kind: "unavailable", httpStatus: 500, maybeBilled: false }],
    ["fault=503", true, { kind: "unavailable", httpStatus: 503, maybeBilled: false }],
    ["fault=reset", true, { kind: "unavailable", maybeBilled: true }],
    ["fault=badjson", false, { kind: "unavailable", maybeBilled: true }],
    ["fault=badjson", true, { kind: "unavailable", maybeBilled: true }],
    ["cutAfter=3", false, { kind: "unavailable", maybeBilled: true }],
    ["cutAfter=3", true, { kind: "unavailable", maybeBilled: true }],
    ["chunkDelay=5000", true, { kind: "timeout", maybeBilled: true }],
  ])("fails as the SDK does on [sim %s], streamed: %p", async (directive, stream, failure) => {
    const request = ask(`Fail, please. [sim ${directive}]`, { stream });
    const ours = await runChat(provider, request);
    expect(ours.failure).toMatchObject(failure);
    if (ours.failure?.kind === "timeout") return;
    const sdk = await runSdk(`${sim.url}/v1`, request);
    expect([sdk.failureKind, sdk.text]).toEqual([ours.failure?.kind, ours.answer.text]);
  });

  it("knows an unknown model and a bad key", async () => {
    const unknown = await runChat(provider, ask("Hi", { model: "gpt-17" }));
    expect(unknown.failure).toMatchObject({ kind: "unknown_model", httpStatus: 404 });
    const baseUrl = `${sim.url}/v1`;
    const options = { baseUrl, agent, totalTimeoutMs: 1_000, idleTimeoutMs: 1_000 };
    const stranger = openAiProvider({ ...options, apiKey: () => "no-key" });
    const { failure } = await runChat(stranger, ask("Hi"));
    expect(failure).toMatchObject({ kind: "rejected", httpStatus: 401, maybeBilled: false });
  });

  it("lets the model stop at once on an abort", async () => {
    const request = ask("Slowly. [sim chunkDelay=20 tokens=500]", { stream: true });
    let abortedAtMs = 0;
    const onDelta = (_: string, call: RunningCall) => {
      abortedAtMs = Date.now();
      call.abort();
    };
    const { failure } = await runChat(provider, request, { onDelta });
    expect(failure).toMatchObject({ kind: "aborted", maybeBilled: true });
    const record = await aborted();
    expect(Date.parse(record.at) - abortedAtMs).toBeLessThan(200);
  });

  it("embeds as the SDK does, in order, and at the asked length", async () => {
    const request = {
      model: "text-embedding-3-small",
      input: ["one", "two", "one"],
      dimensions: 16,
    };
    const { answer } = await runEmbedding(provider, request);
    const [first, second, third] = answer?.embeddings ?? [];
    expect(first).toHaveLength(16);
    expect(first).toEqual(third);
    expect(first).not.toEqual(second);
    expect(provider.convertUsage(answer?.rawUsage)).toEqual({
      classes: { input: 3 },
      status: "exact",
    });
  });
});

describe("estimateInput on the simulated model", () => {
  async function billed(request: ChatRequest): Promise<number> {
    const { answer, failure } = await runChat(provider, { ...request, maxOutputTokens: 1 });
    expect(failure).toBeNull();
    return inputTokens(provider.convertUsage(answer.rawUsage).classes);
  }

  const TALK: ChatMessage[] = [
    { role: "system", content: "You are a helpful assistant. <|im_start|>" },
    {
      role: "user",
      content: [
        { type: "text", text: "Wie geht's?" },
        { type: "text", text: "漢字 👋" },
      ],
      name: "ann",
    },
    { role: "assistant", content: "Good, thanks!\n\n" },
    { role: "user", content: "Then tell me of the sea." },
  ];

  it.each(["gpt-4o", "gpt-4.1-mini", "gpt-5", "o3", "gpt-4-turbo", "gpt-3.5-turbo"])(
    "is exact for messages to %s",
    async (model) => {
      const request = { ...ask(""), model, messages: TALK };
      const { inputTokens: estimated, parts } = await estimateInput(counter, request);
      expect(estimated).toBe(await billed(request));
      expect(Math.min(parts.system, parts.context, parts.input)).toBeGreaterThan(5);
    },
  );

  it("is exact for tools to models of cl100k_base, and 3 above for each to others", async () => {
    const tools = [WEATHER, { ...WEATHER, function: { name: "time" } }];
    for (const [model, above] of [
      ["gpt-4-turbo", 0],
      ["gpt-4o", 6],
    ] as const) {
      const request = ask("Weather?", { model, tools, toolChoice: "none" });
      expect((await estimateInput(counter, request)).inputTokens).toBe(
        (await billed(request)) + above,
      );
    }
  });

  it("is never below what is billed", async () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), fc.lorem());
    const message = fc.oneof(
      fc.record({
        role: fc.constantFrom("system", "user", "assistant", "developer"),
        content: text,
      }),
      fc.record({
        role: fc.constant("tool"),
        content: text,
        tool_call_id: fc.stringMatching(/^call_\w{1,20}$/),
      }),
      fc.record({
        role: fc.constant("assistant"),
        content: fc.constant(null),
        tool_calls: fc.array(
          fc.record({
            id: fc.stringMatching(/^call_\w{1,20}$/),
            type: fc.constant("function"),
            function: fc.record({ name: fc.constant("weather"), arguments: fc.json() }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    );
    const property = fc.record(
      {
        type: fc.oneof(fc.constantFrom("string", "array"), fc.constant(["string", "null"])),
        description: text,
        enum: fc.array(text, { maxLength: 4 }),
        items: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const parameters = fc.record({
      type: fc.constant("object"),
      properties: fc.dictionary(fc.stringMatching(/^[a-z]\w{0,12}$/), property, { maxKeys: 4 }),
      $defs: fc.jsonValue(),
    });
    const tool = fc.record({
      type: fc.constant("function" as const),
      function: fc.record({ name: fc.constant("weather"), description: text, parameters }),
    });
    const requests = fc.record({
      model: fc.constantFrom("gpt-4o", "gpt-4-turbo", "o3"),
      messages: fc.array(message, { minLength: 1, maxLength: 5 }),
      tools: fc.array(tool, { maxLength: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(requests, async ({ messages, ...rest }) => {
        const all = [...(messages as ChatMessage[]), { role: "user", content: "Go." } as const];
        const request: ChatRequest = { ...rest, messages: all, stream: false };
        const { inputTokens: estimated } = await estimateInput(counter, request);
        expect(estimated).toBeGreaterThanOrEqual(await billed(request));
      }),
      { numRuns: 150 },
    );
  }, 30_000);
});

async function aborted() {
  for (let tries = 0; tries < 100; tries += 1) {
    const record = sim.records().at(-1);
    if (record?.outcome === "aborted") return record;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the model has seen no abort");
}
