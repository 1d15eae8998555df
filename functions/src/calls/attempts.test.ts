import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { entryIdOf } from "../core/ids.ts";
import type { Entry } from "../ledger/entry.ts";
import { chat } from "./chat.ts";
import type { CallSettings } from "./deps.ts";
import { embed } from "./embed.ts";
import type { ProviderFailure } from "./port.ts";
import type { CallRequest } from "./request.ts";
import { callWorld, chatOf, listener, requestOf, settled } from "./testing/call-world.ts";
import {
  ABORTED,
  answer,
  BROKEN,
  type ChatScript,
  NOTHING_CAME,
  RATE_LIMITED,
  REFUSED_CONNECTION,
} from "./testing/scripted-provider.ts";

const BOUND = 2_459_400;
/** 12 input tokens at 0.15 dollars per million. */
const INPUT = 1_800;

describe("a call that fails before a byte of its answer", () => {
  it.each<[string, ProviderFailure, object]>([
    [
      "broken after it was sent: charged for its input",
      BROKEN,
      { usageStatus: "estimated", estimatedBecause: "stream_ended_early", costNanoUsd: INPUT },
    ],
    ["never sent: free", REFUSED_CONNECTION, { usageStatus: "exact", costNanoUsd: 0 }],
    [
      "refused by a rate limit: free",
      { ...RATE_LIMITED, retryAfterMs: 0 },
      { usageStatus: "exact", costNanoUsd: 0 },
    ],
  ])("is made again, and has an entry of its own, %s", async (_what, failure, entry) => {
    const world = setUp({}, [sampleBudget(), sampleBudget({ unit: "requests", limit: 9 })]);
    const { result, fail, next } = await world.begin({ requestId: "r1" });
    await fail(failure);
    world.clock.advance(250);
    (await next()).sink.onDone(answer("Hi"));
    const told = await result;
    const entries = world.inOrder();
    expect(told).toMatchObject({
      text: "Hi",
      entryId: entryIdOf("user:alice", "r1", 2),
      cost: { nanoUsd: 450_000 },
      budgets: [{ spent: 100 + 450_000 + Number(entries[0]?.costNanoUsd) }, { spent: 101 }],
    });
    expect(entries).toMatchObject([
      { entryId: entryIdOf("user:alice", "r1", 1), attempt: 1, status: "error", ...entry },
      { attempt: 2, status: "ok", usageStatus: "exact", costNanoUsd: 450_000 },
    ]);
    expect(entries.map(({ add }) => [add.requests, add.calls, add.errors])).toEqual([
      [1, 1, 1],
      [undefined, 1, undefined],
    ]);
    expect(world.all("usage_holds")).toEqual({});
    expect(Object.keys(world.all("usage_outbox"))).toHaveLength(1);
  });

  it("times each attempt from its own start, and books all where the request began", async () => {
    const world = setUp();
    const { result, fail, next } = await world.begin();
    world.clock.advance(40);
    await fail(RATE_LIMITED);
    world.clock.advance(250);
    const script = await next();
    world.clock.advance(70);
    script.sink.onDelta("Hi");
    world.clock.advance(30);
    script.sink.onDone(answer("Hi"));
    await result;
    const [first, second] = world.inOrder();
    expect(first).toMatchObject({ latencyMs: 40, firstChunkMs: null });
    expect(second).toMatchObject({ latencyMs: 100, firstChunkMs: 70 });
    expect(second?.startedAt).toEqual(first?.startedAt);
  });

  it("is made so often and no more, and the caller is told of the last time", async () => {
    const world = setUp();
    const { result, fail } = await world.begin({ requestId: "r1" });
    await fail(BROKEN);
    await fail({ ...RATE_LIMITED, retryAfterMs: 9_000 });
    expect(world.provider.chats).toHaveLength(2);
    world.clock.advance(9_000);
    await fail({ ...RATE_LIMITED, retryAfterMs: 6_001 });
    await expect(result).rejects.toMatchObject({
      reason: "PROVIDER_RATE_LIMITED",
      facts: { entryId: entryIdOf("user:alice", "r1", 3), retryAfterSeconds: 7 },
    });
    expect(world.inOrder().map(({ costNanoUsd }) => costNanoUsd)).toEqual([INPUT, 0, 0]);
  });

  it.each<[string, ProviderFailure, Partial<CallSettings>]>([
    ["it would fail alike", { ...RATE_LIMITED, repeat: undefined }, {}],
    ["the provider asks for more than 10 s", { ...RATE_LIMITED, retryAfterMs: 10_001 }, {}],
    ["there is no time left for it", RATE_LIMITED, { requestTimeoutMs: 250 }],
    ["nothing is ever repeated", BROKEN, { providerRetries: 0 }],
  ])("is not made again when %s", async (_why, failure, settings) => {
    const world = setUp(settings);
    const { result, fail } = await world.begin();
    await fail(failure);
    await expect(result).rejects.toThrow(failure.message);
    expect(world.entries()).toHaveLength(1);
    expect(world.clock.pending).toBe(0);
  });

  it("stops waiting when its caller leaves", async () => {
    const world = setUp();
    const { result, fail, leave } = await world.begin();
    await fail(RATE_LIMITED);
    leave();
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_RATE_LIMITED" });
    expect(world.provider.chats).toHaveLength(1);
    expect(world.clock.pending).toBe(0);
  });

  it("has, when it is made again, what is left of the request's time", async () => {
    const world = setUp({ requestTimeoutMs: 10_000 });
    const { result, fail, next } = await world.begin();
    world.clock.advance(7_000);
    await fail(BROKEN);
    const script = await next();
    world.clock.advance(2_999);
    expect(script.told).toEqual([]);
    world.clock.advance(1);
    expect(script.told).toEqual(["abort"]);
    script.sink.onError(ABORTED, { ...NOTHING_CAME, text: "Hal" });
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_TIMEOUT" });
    expect(world.inOrder()[1]).toMatchObject({
      status: "error",
      classes: { input: 12, output: 3 },
    });
  });
});

describe("the hold of a call that is made again", () => {
  it("grows by what may have been billed, for care to charge if the process dies", async () => {
    const world = setUp();
    const { fail } = await world.begin();
    expect(world.bounds()).toEqual([BOUND]);
    await fail(BROKEN);
    expect(world.bounds()).toEqual([BOUND + INPUT]);
    world.clock.advance(500);
    await fail(BROKEN);
    expect(world.bounds()).toEqual([BOUND + 2 * INPUT]);
  });

  it("stays as it is after what bills nothing", async () => {
    const world = setUp();
    const { fail } = await world.begin();
    await fail(REFUSED_CONNECTION);
    expect(world.bounds()).toEqual([BOUND]);
    expect(world.log.join()).not.toContain("update");
  });

  it.each([["lost"], ["lands_unheard"]] as const)(
    "costs the caller nothing when its growth was %s, and goes all the same",
    async (fate) => {
      const world = setUp();
      const { result, script, next } = await world.begin();
      world.fates.push(fate);
      script.sink.onError(BROKEN, NOTHING_CAME);
      (await next()).sink.onDone(answer("Hi"));
      expect(await result).toMatchObject({ text: "Hi" });
      expect(world.entries()).toHaveLength(2);
      expect(world.all("usage_holds")).toEqual({});
    },
  );

  it("has grown before the next attempt where the journal comes first", async () => {
    const world = setUp({ journal: "before" });
    const { result, fail, next } = await world.begin();
    await fail(BROKEN);
    (await next()).sink.onDone(answer("Hi"));
    await result;
    expect(world.log.slice(0, 4)).toEqual([
      "create usage_holds",
      "provider",
      "update usage_holds",
      "provider",
    ]);
  });
});

describe("a request id of the client's", () => {
  it("is told of its last attempt when it comes again", async () => {
    const world = setUp();
    const { result, fail, next } = await world.begin({ requestId: "r1" });
    await fail(BROKEN);
    (await next()).sink.onDone(answer("Hi"));
    const first = await result;
    const again = chat(world.deps, chatOf({ requestId: "r1" }), listener().listening);
    await expect(again).rejects.toMatchObject({
      facts: { state: "settled", entryId: first.entryId, usage: first.usage, cost: first.cost },
    });
  });
});

describe("a caller who leaves", () => {
  it("leaves the provider time to say what it bills, where there is a drain", async () => {
    const world = setUp({ abortDrainMs: 2_000 });
    const { result, script, leave } = await world.begin();
    leave();
    expect(script.told).toEqual(["resume"]);
    world.clock.advance(1_500);
    script.sink.onDone(answer("Hi there"));
    await result;
    expect(world.entries()).toMatchObject([{ status: "aborted", usageStatus: "exact" }]);
    expect(world.clock.pending).toBe(0);
  });

  it("leaves it no more time than that, and has no further attempt", async () => {
    const world = setUp({ abortDrainMs: 2_000 });
    const { result, script, leave } = await world.begin();
    leave();
    world.clock.advance(2_000);
    expect(script.told).toEqual(["resume", "abort"]);
    script.sink.onError(ABORTED, { ...NOTHING_CAME, text: "Hel" });
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    expect(world.entries()).toMatchObject([{ status: "aborted", usageStatus: "estimated" }]);

    const broken = await world.begin();
    broken.leave();
    await broken.fail(BROKEN);
    expect(world.provider.chats).toHaveLength(2);
  });
});

describe("a caller who reads slowly", () => {
  it("lets the provider wait, once for all pieces that come meanwhile", async () => {
    const world = setUp();
    const { script, flow } = await world.begin();
    script.sink.onDelta("a");
    flow.isFull = true;
    script.sink.onDelta("b");
    script.sink.onToolCallDelta([{ index: 0 }]);
    expect(script.told).toEqual(["pause"]);
    flow.isFull = false;
    flow.goOn();
    script.sink.onDelta("c");
    expect(script.told).toEqual(["pause", "resume"]);
    flow.isFull = true;
    script.sink.onDelta("d");
    expect(script.told).toEqual(["pause", "resume", "pause"]);
  });
});

describe("an embeddings call that fails before its answer", () => {
  it("is made again likewise", async () => {
    const world = setUp();
    const request = requestOf({ model: "text-embedding-3-small" });
    const command = { ...request, embedding: { input: ["ab", "cde"] } };
    const result = embed(world.deps, command, new AbortController().signal);
    await settled();
    world.provider.embeddings[0]?.sink.onError(BROKEN);
    await settled();
    world.provider.embeddings[1]?.sink.onDone({
      embeddings: [[1], [2]],
      modelAnswered: "text-embedding-3-small",
      providerRequestId: "req_1",
      rawUsage: { input: 5 },
    });
    expect(await result).toMatchObject({ cost: { nanoUsd: 100 } });
    expect(world.inOrder()).toMatchObject([
      { status: "error", usageStatus: "estimated", classes: { input: 5 } },
      { status: "ok", usageStatus: "exact", classes: { input: 5 } },
    ]);
  });
});

function setUp(
  settings: Partial<CallSettings> = {},
  budgets = [] as ReturnType<typeof sampleBudget>[],
) {
  const world = callWorld(settings);
  world.state.budgets = budgets;
  const next = async () => {
    await settled();
    return world.provider.chats.at(-1) as ChatScript;
  };
  const begin = async (request: Partial<CallRequest> = {}) => {
    const { listening, flow, leave } = listener();
    const result = chat(world.deps, chatOf(request), listening);
    result.catch(() => {});
    /** Fails the attempt that is under way, and lets run what does not wait. */
    const fail = async (failure: ProviderFailure) => {
      (await next()).sink.onError(failure, NOTHING_CAME);
      await settled();
    };
    return { result, script: await next(), flow, leave, fail, next };
  };
  const inOrder = (): Entry[] => world.entries().toSorted((a, b) => a.attempt - b.attempt);
  const bounds = () =>
    Object.values(world.all("usage_holds")).map(
      (hold) => (hold as { bound: { nanoUsd: number } }).bound.nanoUsd,
    );
  return { ...world, begin, inOrder, bounds };
}
