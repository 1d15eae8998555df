import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { TollgateError } from "../core/errors.ts";
import { entryIdOf, holdIdOf } from "../core/ids.ts";
import { type ChatResult, chat } from "./chat.ts";
import type { CallSettings } from "./deps.ts";
import type { ChatAnswer, ProviderFailure } from "./port.ts";
import type { CallRequest } from "./request.ts";
import { callWorld, chatOf, listener, STARTED_MS, settled } from "./testing/call-world.ts";
import { ABORTED, answer, type ChatScript } from "./testing/scripted-provider.ts";

const SETTLED = "create usage_tracking create usage_outbox delete usage_holds";

describe("a chat call", () => {
  it("gives the answer with its usage, cost and budgets once its entry is durable", async () => {
    const world = setUp({}, { budgets: [sampleBudget()] });
    const { result, script } = await world.begin();
    script.sink.onDone(answer("Hi there"));
    expect(await result).toMatchObject({
      requestId: "random-1",
      entryId: entryIdOf("user:alice", "random-1", 1),
      text: "Hi there",
      toolCalls: [],
      model: "openai/gpt-4o-mini",
      finishReason: "stop",
      usage: { inputTokens: 1_000, outputTokens: 500, totalTokens: 1_500, status: "exact" },
      cost: { nanoUsd: 450_000, usd: "0.00045", priceStatus: "priced" },
      budgets: [{ budgetId: "user:*:usd:month", scopeId: "alice", spent: 450_100 }],
    });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("sends what was asked for under the provider's own name", async () => {
    const { begin } = setUp();
    const { script } = await begin({ model: "openai/gpt-4o-mini" });
    expect(script.request).toEqual({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Hello" }],
      stream: true,
    });
  });

  it("passes pieces on as they come, and times the first", async () => {
    const world = setUp();
    const { result, script, heard } = await world.begin();
    world.clock.advance(80);
    script.sink.onToolCallDelta([{ index: 0, name: "find" }]);
    world.clock.advance(40);
    script.sink.onDelta("Hi");
    script.sink.onDone(answer("Hi"));
    await result;
    expect(heard).toEqual([[{ index: 0, name: "find" }], "Hi"]);
    expect(world.entries()[0]).toMatchObject({ firstChunkMs: 80, latencyMs: 120 });
  });

  it("calls the provider before anything is written when nothing has to wait", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    await settled();
    script.sink.onDone(answer("Hi"));
    await result;
    expect(world.log).toEqual(["provider", "create usage_holds", SETTLED]);
  });

  it.each<[string, Partial<CallRequest>, Partial<CallSettings>, string]>([
    ["the client made the id", { requestId: "r1" }, {}, "create usage_holds absent usage_tracking"],
    ["the journal comes first", {}, { journal: "before" }, "create usage_holds"],
  ])("waits for its hold when %s", async (_what, request, settings, written) => {
    const world = setUp(settings);
    const { result, script } = await world.begin(request);
    script.sink.onDone(answer("Hi"));
    await result;
    expect(world.log).toEqual([written, "provider", SETTLED]);
  });

  it("journals the most that it can cost, for care to charge if the process dies", async () => {
    const world = setUp({}, { budgets: [sampleBudget()] });
    await world.begin({ requestId: "r1" });
    expect(world.all("usage_holds")[holdIdOf("user:alice", "r1")]).toMatchObject({
      requestId: "r1",
      userId: "alice",
      sessionId: "s1",
      /** 5 + 4 + 3 input and 4 096 output tokens at 0.15 and 0.60 dollars per million */
      bound: { classes: { input: 12, output: 4_096 }, nanoUsd: 2_459_400 },
      windows: [{ windowId: "user:alice:usd:month_2026-11", mover: "trigger" }],
      startedAt: new Date(STARTED_MS),
      expiresAt: new Date(STARTED_MS + 600_000),
    });
  });

  it("refuses an embedding model and a provider that is not served", async () => {
    const { run, provider } = setUp();
    await expect(run({ model: "text-embedding-3-small" })).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      facts: { field: "model" },
    });
    await expect(run({ model: "nobody/x" })).rejects.toMatchObject({ reason: "UNKNOWN_MODEL" });
    expect(provider.chats).toEqual([]);
  });

  it("runs a model without a price, whose entry is unpriced and not free", async () => {
    const world = setUp();
    const { result, script } = await world.begin({ model: "brand-new" });
    script.sink.onDone(answer("Hi", { modelAnswered: "brand-new-1" }));
    expect(await result).toMatchObject({ cost: { nanoUsd: 0, priceStatus: "unpriced" } });
    expect(world.entries()[0]).toMatchObject({ model: "openai/brand-new", usageStatus: "exact" });
  });
});

describe("a request id that the client made", () => {
  it("runs once: a repeat learns what the first one used and cost", async () => {
    const world = setUp();
    const { result, script } = await world.begin({ requestId: "r1" });
    script.sink.onDone(answer("Hi"));
    const first = await result;
    await expect(world.run({ requestId: "r1" })).rejects.toMatchObject({
      reason: "DUPLICATE_REQUEST",
      facts: {
        requestId: "r1",
        state: "settled",
        entryId: first.entryId,
        usage: first.usage,
        cost: first.cost,
      },
    });
    expect(world.provider.chats).toHaveLength(1);
  });

  it("is running while its answer is not there", async () => {
    const world = setUp();
    await world.begin({ requestId: "r1" });
    await expect(world.run({ requestId: "r1" })).rejects.toMatchObject({
      facts: { state: "running" },
    });
  });

  it("is another request with another payload", async () => {
    const world = setUp();
    const { result, script } = await world.begin({ requestId: "r1" });
    const other = { requestId: "r1", payload: { say: "something else" } };
    await expect(world.run(other)).rejects.toMatchObject({ facts: { state: "different" } });
    script.sink.onDone(answer("Hi"));
    await result;
    await expect(world.run(other)).rejects.toMatchObject({ facts: { state: "different" } });
  });

  it("is another's own affair", async () => {
    const world = setUp();
    await world.begin({ requestId: "r1" });
    await world.begin({ requestId: "r1", subject: "user:bob" });
    expect(world.provider.chats).toHaveLength(2);
  });

  it("is refused while nobody knows whether it is recorded, and taken back when it lands late", async () => {
    const world = setUp();
    world.fates.push("lands_unheard");
    world.faults.failingReads = 1;
    await expect(world.run({ requestId: "r1" })).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      facts: { retryAfterSeconds: 5 },
    });
    await settled();
    expect(world.provider.chats).toEqual([]);
    expect(world.all("usage_holds")).toEqual({});
    await expect(world.begin({ requestId: "r1" })).resolves.toBeDefined();
  });
});

describe("a client that leaves", () => {
  it("aborts the call, and what came until then is counted", async () => {
    const world = setUp();
    const { result, script, leave } = await world.begin();
    script.sink.onDelta("Hello, w");
    leave();
    expect(script.told).toEqual(["abort"]);
    script.sink.onError(ABORTED, answer("Hello, w", { finishReason: null, rawUsage: undefined }));
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    expect(world.entries()[0]).toMatchObject({
      status: "aborted",
      usageStatus: "estimated",
      estimatedBecause: "stream_ended_early",
      classes: { input: 12, output: 8 },
    });
  });

  it("leaves the input that the provider had counted, and the text that came", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    const begun = { input: 25, cacheRead: 100, output: 1 };
    script.sink.onError(ABORTED, answer("Hello, w", { finishReason: null, rawUsage: begun }));
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    expect(world.entries()[0]).toMatchObject({
      usageStatus: "estimated",
      estimatedBecause: "stream_ended_early",
      classes: { input: 25, cacheRead: 100, output: 8 },
      rawUsage: begun,
    });
  });

  it("after the stop reason, and before the usage, leaves a beginning of it that is no count of the output", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    const begun = { input: 25, cacheRead: 100, output: 1 };
    script.sink.onError(ABORTED, answer("Hello, w", { rawUsage: begun, isUsagePartial: true }));
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    expect(world.entries()[0]).toMatchObject({
      status: "aborted",
      usageStatus: "estimated",
      estimatedBecause: "stream_ended_early",
      classes: { input: 25, cacheRead: 100, output: 8 },
    });
  });

  it("after the usage leaves an exact count", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    script.sink.onError(ABORTED, answer("Hello, w", { rawUsage: { input: 25, output: 9 } }));
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    expect(world.entries()[0]).toMatchObject({
      status: "aborted",
      usageStatus: "exact",
      classes: { input: 25, output: 9 },
    });
  });

  it("that was gone before the provider was called aborts it at once", async () => {
    const world = setUp();
    const { listening, leave } = listener();
    leave();
    const result = chat(world.deps, chatOf(), listening);
    await settled();
    const [script] = world.provider.chats;
    expect(script?.told).toEqual(["abort"]);
    script?.sink.onError({ ...ABORTED, maybeBilled: false }, answer("", { rawUsage: undefined }));
    await expect(result).rejects.toBeInstanceOf(TollgateError);
    expect(world.entries()[0]).toMatchObject({ totalTokens: 0, status: "aborted" });
  });

  it("after the end aborts nothing", async () => {
    const { begin } = setUp();
    const { result, script, leave } = await begin();
    script.sink.onDone(answer("Hi"));
    await result;
    leave();
    expect(script.told).toEqual([]);
  });
});

describe("a provider that talks nonsense", () => {
  it.each<[string, Partial<ChatAnswer>, object]>([
    [
      "no usage",
      { rawUsage: undefined },
      { estimatedBecause: "usage_missing", classes: { input: 12, output: 2 } },
    ],
    [
      "a beginning of its usage and never the whole",
      { rawUsage: { input: 25, cacheRead: 100, output: 1 }, isUsagePartial: true },
      { estimatedBecause: "usage_missing", classes: { input: 25, cacheRead: 100, output: 2 } },
    ],
    [
      "negative usage",
      { rawUsage: { input: -1 } },
      { estimatedBecause: "usage_negative", classes: { input: 12, output: 2 } },
    ],
    [
      "usage of nothing",
      { rawUsage: { input: 0 } },
      { estimatedBecause: "usage_inconsistent", classes: { input: 12, output: 2 } },
    ],
    [
      "usage beyond belief",
      { rawUsage: { input: 100_000_001 } },
      { estimatedBecause: "usage_inconsistent", classes: { input: 12, output: 2 } },
    ],
    [
      "usage that has no sum",
      { rawUsage: { input: 2 ** 53 - 1, output: 5 } },
      { estimatedBecause: "usage_inconsistent", classes: { input: 12, output: 2 } },
    ],
    [
      "usage over which its converter stumbles",
      { rawUsage: null },
      { estimatedBecause: "usage_malformed", classes: { input: 12, output: 2 } },
    ],
    [
      "another model's answer",
      { modelAnswered: "gpt-4o" },
      { estimatedBecause: "model_differs", classes: { input: 1_000, output: 500 } },
    ],
    [
      "an unknown model's answer",
      { modelAnswered: "x\ud800" },
      { estimatedBecause: "model_unknown", modelAnswered: "x\ufffd" },
    ],
  ])(
    "still gives the caller its text and the ledger an estimate: %s",
    async (_what, more, entry) => {
      const world = setUp();
      const { result, script } = await world.begin();
      script.sink.onDone(answer("Hi", more));
      expect(await result).toMatchObject({ text: "Hi", usage: { status: "estimated" } });
      expect(world.entries()[0]).toMatchObject({
        status: "ok",
        usageStatus: "estimated",
        ...entry,
      });
      expect(world.all("usage_holds")).toEqual({});
    },
  );

  it("counts the tool calls that it wrote as well", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    const toolCalls = [
      { id: "c1", type: "function" as const, function: { name: "find", arguments: "{}" } },
    ];
    script.sink.onDone(answer("", { toolCalls, rawUsage: undefined }));
    await result;
    expect(world.entries()[0]?.classes).toEqual({ input: 12, output: 6 });
  });

  it("is billed by bytes, the most that there can be, when the tokenizer fails", async () => {
    const world = setUp();
    world.state.countTexts = () => Promise.reject(new Error("no tokenizer"));
    const { result, script } = await world.begin();
    script.sink.onDone(answer("Grüße", { rawUsage: undefined }));
    expect(await result).toMatchObject({ text: "Grüße" });
    expect(world.entries()[0]?.classes).toEqual({ input: 12, output: 7 });
  });

  it("shows what it cost beyond its bound", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    script.sink.onDone(answer("Hi", { rawUsage: { input: 12, output: 5_096 } }));
    await result;
    expect(world.entries()[0]).toMatchObject({ costNanoUsd: 3_059_400, overrunNanoUsd: 600_000 });
  });
});

describe("a call that fails", () => {
  it.each<[ProviderFailure["kind"], string]>([
    ["rejected", "PROVIDER_REJECTED"],
    ["unknown_model", "UNKNOWN_MODEL"],
    ["rate_limited", "PROVIDER_RATE_LIMITED"],
    ["timeout", "PROVIDER_TIMEOUT"],
    ["unavailable", "PROVIDER_UNAVAILABLE"],
  ])("%s: has an entry that cost nothing, and says %s", async (kind, reason) => {
    const world = setUp();
    const { result, script } = await world.begin({ requestId: "r1" });
    const failure: ProviderFailure = {
      kind,
      maybeBilled: false,
      sent: "whole",
      message: "No.",
      httpStatus: 499,
      retryAfterMs: 6_001,
      providerRequestId: "req_failed",
    };
    script.sink.onError(failure, answer("", { providerRequestId: null, rawUsage: undefined }));
    await expect(result).rejects.toThrow("No.");
    await expect(result).rejects.toMatchObject({
      reason,
      facts: {
        requestId: "r1",
        entryId: entryIdOf("user:alice", "r1", 1),
        model: "gpt-4o-mini",
        httpStatus: 499,
        retryAfterSeconds: 7,
      },
    });
    expect(world.entries()[0]).toMatchObject({
      status: "error",
      totalTokens: 0,
      costNanoUsd: 0,
      providerRequestId: "req_failed",
      usageStatus: "exact",
    });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("is charged for what may have been billed", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    const failure = { ...ABORTED, kind: "unavailable", message: "Cut." } as const;
    script.sink.onError(failure, answer("Half", { rawUsage: undefined }));
    await expect(result).rejects.toBeInstanceOf(TollgateError);
    expect(world.entries()[0]).toMatchObject({
      status: "error",
      usageStatus: "estimated",
      classes: { input: 12, output: 4 },
    });
  });
});

describe("a store that is down", () => {
  it("costs the caller nothing after the provider was called: the entry is kept elsewhere, whole", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    await settled();
    world.fates.push("lost", "lost", "lost", "lost", "lost", "lost");
    script.sink.onDone(answer("Hi"));
    expect(await result).toMatchObject({ text: "Hi", cost: { nanoUsd: 450_000 } });
    expect(world.entries()).toEqual([]);
    expect(world.kept).toMatchObject([
      {
        entries: [
          { costNanoUsd: 450_000, userId: "alice", nonce: expect.any(String), add: { calls: 1 } },
        ],
        holdId: holdIdOf("user:alice", "random-1"),
        hold: { version: expect.any(String) },
      },
    ]);
  });

  it("settles a call whose hold is unclear without it", async () => {
    const world = setUp();
    world.fates.push("lost");
    const { result, script } = await world.begin();
    script.sink.onDone(answer("Hi"));
    await result;
    expect(world.log.at(-1)).toBe("create usage_tracking create usage_outbox");
    expect(world.entries()).toHaveLength(1);
  });

  it("costs the answer its budgets, and nothing else, when spending cannot be read", async () => {
    const world = setUp({}, { budgets: [sampleBudget()] });
    world.state.spending = () => Promise.reject(new Error("no answer"));
    const { result, script } = await world.begin();
    script.sink.onDone(answer("Hi"));
    expect(await result).toMatchObject({ text: "Hi", budgets: [] });
  });

  it("refuses calls of an instance that never read the budgets, unless it may let them through", async () => {
    const denying = setUp();
    denying.state.budgetsFail = true;
    await expect(denying.run()).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    expect(denying.provider.chats).toEqual([]);

    const allowing = setUp({ onStoreError: "allow" });
    allowing.state.budgetsFail = true;
    const { result, script } = await allowing.begin();
    script.sink.onDone(answer("Hi"));
    expect(await result).toMatchObject({ text: "Hi", budgets: [] });
  });
});

function setUp(
  settings: Partial<CallSettings> = {},
  { budgets = [] as ReturnType<typeof sampleBudget>[] } = {},
) {
  const world = callWorld(settings);
  world.state.budgets = budgets;
  const run = (request: Partial<CallRequest> = {}): Promise<ChatResult> =>
    chat(world.deps, chatOf(request), listener().listening);
  /** Runs a call until it waits for the provider. */
  const begin = async (request: Partial<CallRequest> = {}) => {
    const { listening, heard, leave } = listener();
    const result = chat(world.deps, chatOf(request), listening);
    result.catch(() => {});
    await settled();
    const script = world.provider.chats.at(-1) as ChatScript;
    return { result, script, heard, leave };
  };
  return { ...world, run, begin };
}

describe("a request that the provider cannot do", () => {
  it("is refused by the name of the field, before anything is sent or written", async () => {
    const world = setUp();
    world.provider.unsupported = () => ({ field: "seed", problem: "is not known" });
    const { result } = await world.begin();
    await expect(result).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      facts: { field: "seed" },
    });
    expect(world.provider.chats).toEqual([]);
    expect(world.all("usage_holds")).toEqual({});
  });
});
