import { describe, expect, it } from "@jest/globals";
import type { Budget } from "../budgets/budget.ts";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { windowKey } from "../ledger/reserve.ts";
import type { Fate } from "../ledger/testing/memory-store.ts";
import { type ChatCommand, chat } from "./chat.ts";
import { embed } from "./embed.ts";
import type { CallRequest } from "./request.ts";
import { callWorld, chatOf, listener, requestOf, settled } from "./testing/call-world.ts";
import {
  answer,
  BROKEN,
  type ChatScript,
  NOTHING_CAME,
  REFUSED_CONNECTION,
} from "./testing/scripted-provider.ts";

const WINDOW_ID = "user:alice:usd:month_2026-11";
/** 5 + 4 + 3 input and 4 096 output tokens at 0.15 and 0.60 dollars per million. */
const BOUND_NANO_USD = 2_459_400;
const ACTUAL_NANO_USD = 450_000;
/** Older than the month, so that there is nothing to open. */
const SINCE = new Date("2026-10-05T00:00:00Z");

describe("a call under a block budget", () => {
  it("takes its bound before the provider is called, and gives it back when it settles", async () => {
    const world = setUp([block({})]);
    const { result, script } = await world.begin();
    expect(world.log).toEqual(["create usage_holds create budget_windows", "provider"]);
    expect(world.window()).toMatchObject({ spent: 0, held: BOUND_NANO_USD, scopeId: "alice" });
    script.sink.onDone(answer("Hi"));
    expect(await result).toMatchObject({
      budgets: [{ spent: ACTUAL_NANO_USD, held: 0, left: 5_000_000_000 - ACTUAL_NANO_USD }],
    });
    expect(world.window()).toMatchObject({ spent: ACTUAL_NANO_USD, held: 0 });
    expect(world.entries()).toMatchObject([{ overrunNanoUsd: 0 }]);
  });

  it("sends the output limit that it is held for", async () => {
    const { begin } = setUp([block({})]);
    expect((await begin()).script.request.maxOutputTokens).toBe(4_096);
    expect((await begin({}, { maxOutputTokens: 70 })).script.request.maxOutputTokens).toBe(70);
  });

  it("without a limit of its own gets what fits", async () => {
    const { begin } = setUp([block({ limit: 1_000_000 })]);
    expect((await begin()).script.request.maxOutputTokens).toBe(1_663);
  });

  it("keeps the caller's limit unless it may be lowered", async () => {
    const world = setUp([block({ limit: 1_000_000 })]);
    await expect(world.run({}, { maxOutputTokens: 4_000 })).rejects.toMatchObject({
      reason: "BUDGET_EXCEEDED",
      facts: { needed: 2_401_800 },
    });
    const { script } = await world.begin({ fitToBudget: true }, { maxOutputTokens: 4_000 });
    expect(script.request.maxOutputTokens).toBe(1_663);
  });

  it("is refused with the budget that has no room, and nothing of it is left behind", async () => {
    const world = setUp([block({ limit: 200_000 }), block({ unit: "requests", limit: 5 })]);
    world.spend(WINDOW_ID, 150_000);
    await expect(world.run()).rejects.toMatchObject({
      reason: "BUDGET_EXCEEDED",
      message: "the budget of user alice in usd per month has no room for this call",
      facts: {
        budget: {
          budgetId: "user:*:usd:month",
          scope: "user",
          scopeId: "alice",
          limit: 200_000,
          spent: 150_000,
          held: 0,
          left: 50_000,
          resetsAt: "2026-12-01T00:00:00.000Z",
          enforcement: "block",
        },
        needed: 155_400,
        retryAfterSeconds: 8 * 86_400 + 36_000,
      },
    });
    expect(world.log).toEqual([]);
    expect(world.provider.chats).toEqual([]);
  });

  it.each<[string, Partial<Budget>, number | null]>([
    ["the next minute", { unit: "tokens", window: "minute", limit: 300 }, 60],
    ["nothing: a lifetime does not end", { window: "lifetime", limit: 160_000 }, null],
    ["nothing: it will never fit", { limit: 100_000 }, null],
  ])("is told that %s helps", async (_what, more, retryAfterSeconds) => {
    const world = setUp([block(more)]);
    world.spend(`user:alice:tokens:minute_2026-11-22T14:00`, 290);
    world.spend(`user:alice:usd:lifetime_all`, 150_000);
    await expect(world.run()).rejects.toMatchObject({ facts: { retryAfterSeconds } });
  });

  it("takes from budgets that block and counts against those that alert", async () => {
    const world = setUp([block({}), sampleBudget({ unit: "tokens" })]);
    const { result, script } = await world.begin();
    script.sink.onDone(answer("Hi"));
    expect(await result).toMatchObject({
      budgets: [
        { unit: "usd", spent: ACTUAL_NANO_USD, held: 0 },
        { unit: "tokens", spent: 1_600, held: 0 },
      ],
    });
    expect(world.entries()[0]?.windows).toMatchObject([
      { unit: "usd", mover: "settle", reserved: BOUND_NANO_USD },
      { unit: "tokens", mover: "trigger", reserved: 0 },
    ]);
  });

  it("shows what cost more than it was held for; the budget takes it in full", async () => {
    const world = setUp([block({ limit: 500_000 })]);
    const { result, script } = await world.begin({}, { maxOutputTokens: 100 });
    script.sink.onDone(answer("Hi", { rawUsage: { input: 1_000, output: 1_000 } }));
    expect(await result).toMatchObject({ budgets: [{ spent: 750_000, left: 0 }] });
    expect(world.entries()).toMatchObject([{ costNanoUsd: 750_000, overrunNanoUsd: 688_200 }]);
    await expect(world.run()).rejects.toMatchObject({ reason: "BUDGET_EXCEEDED" });
  });

  it("counts a request, and gives it back only when not a byte was sent", async () => {
    const world = setUp([block({ unit: "requests", limit: 2 })], { providerRetries: 0 });
    for (const failure of [REFUSED_CONNECTION, BROKEN]) {
      const { result, script } = await world.begin();
      script.sink.onError(failure, NOTHING_CAME);
      await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    }
    expect(world.window("user:alice:requests:month_2026-11")).toMatchObject({ spent: 1, held: 0 });
  });

  it("holds embeddings as well, whose output costs nothing", async () => {
    const world = setUp([block({ unit: "tokens", limit: 9 })]);
    const command = {
      ...requestOf({ model: "text-embedding-3-small" }),
      embedding: { input: ["ab", "cde"] },
    };
    const first = embed(world.deps, command, new AbortController().signal);
    await settled();
    expect(world.window("user:alice:tokens:month_2026-11")).toMatchObject({ held: 5 });
    world.provider.embeddings[0]?.sink.onDone({
      ...answer(""),
      embeddings: [],
      rawUsage: { input: 5 },
    });
    expect(await first).toMatchObject({ budgets: [{ spent: 5, held: 0, left: 4 }] });
    await expect(embed(world.deps, command, new AbortController().signal)).rejects.toMatchObject({
      reason: "BUDGET_EXCEEDED",
      facts: { needed: 5 },
    });
  });
});

describe("a model without a price under a block budget", () => {
  it("is refused in dollars, unless the budget allows it", async () => {
    const world = setUp([block({})]);
    await expect(world.run({ model: "brand-new" })).rejects.toMatchObject({
      reason: "UNPRICED_MODEL",
      facts: { model: "brand-new", budgetId: "user:*:usd:month" },
    });
    world.state.budgets = [block({ onUnknownPrice: "allow" })];
    expect((await world.begin({ model: "brand-new" })).script).toBeDefined();
  });

  it("is held in tokens like any other", async () => {
    const world = setUp([block({ unit: "tokens", limit: 400 })]);
    const { script } = await world.begin({ model: "brand-new" });
    expect(script.request.maxOutputTokens).toBe(388);
  });
});

describe("a client's request id under a block budget", () => {
  it("runs once", async () => {
    const world = setUp([block({})]);
    const { result, script } = await world.begin({ requestId: "r1" });
    const twin = world.run({ requestId: "r1" });
    twin.catch(() => {});
    await world.pass(61);
    await expect(twin).rejects.toMatchObject({
      reason: "DUPLICATE_REQUEST",
      facts: { state: "running" },
    });
    script.sink.onDone(answer("Hi"));
    await result;
    const late = world.run({ requestId: "r1" });
    late.catch(() => {});
    await world.pass(61);
    await expect(late).rejects.toMatchObject({
      reason: "DUPLICATE_REQUEST",
      facts: { state: "settled", cost: { nanoUsd: ACTUAL_NANO_USD } },
    });
    expect(world.window()).toMatchObject({ spent: ACTUAL_NANO_USD, held: 0 });
  });
});

describe("while the store fails", () => {
  it("refuses, and takes back what landed all the same", async () => {
    const world = setUp([block({})], {}, ["lands_unheard"]);
    world.failReadAfterCommit();
    await expect(world.run()).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      facts: { retryAfterSeconds: 5 },
    });
    await settled();
    expect(world.provider.chats).toEqual([]);
    expect(world.all("usage_holds")).toEqual({});
    expect(world.window()).toMatchObject({ held: 0 });
  });

  it("lets calls run whose budgets all allow it, and counts them once", async () => {
    const world = setUp([block({ onStoreError: "allow" })]);
    world.faults.failingReads = 1;
    const { result, script } = await world.begin();
    expect(script.request.maxOutputTokens).toBe(4_096);
    script.sink.onDone(answer("Hi"));
    expect(await result).toMatchObject({ text: "Hi", budgets: [] });
    expect(world.window()).toMatchObject({ spent: ACTUAL_NANO_USD });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("lets them run on the hold of an admission that landed unheard", async () => {
    const world = setUp([block({ onStoreError: "allow" })], {}, ["lands_unheard"]);
    world.failReadAfterCommit();
    const { result, script } = await world.begin();
    script.sink.onDone(answer("Hi"));
    await result;
    expect(world.window()).toMatchObject({ spent: ACTUAL_NANO_USD, held: 0 });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("refuses when one of the budgets does not allow it", async () => {
    const allowing = block({ onStoreError: "allow" });
    const world = setUp([allowing, block({ unit: "requests" })]);
    world.faults.failingReads = 1;
    await expect(world.run()).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  });
});

describe("another attempt under a block budget", () => {
  it("is made when the hold can be raised for it first", async () => {
    const world = setUp([block({ limit: BOUND_NANO_USD + 1_800 })]);
    const { result, script } = await world.begin();
    script.sink.onError(BROKEN, NOTHING_CAME);
    await world.pass(1_000);
    expect(world.window()).toMatchObject({ held: BOUND_NANO_USD + 1_800 });
    const second = world.provider.chats[1] as ChatScript;
    second.sink.onDone(answer("Hi"));
    expect(await result).toMatchObject({ text: "Hi" });
    expect(world.window()).toMatchObject({ spent: 1_800 + ACTUAL_NANO_USD, held: 0 });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("is not made when there is no room for both", async () => {
    const world = setUp([block({ limit: BOUND_NANO_USD + 1_799 })]);
    const { result, script } = await world.begin();
    script.sink.onError(BROKEN, NOTHING_CAME);
    await world.pass(1_000);
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    expect(world.provider.chats).toHaveLength(1);
    expect(world.window()).toMatchObject({ spent: 1_800, held: 0 });
  });
});

function block(more: Partial<Budget>): Budget {
  return sampleBudget({ enforcement: "block", since: SINCE, ...more });
}

function setUp(
  budgets: readonly Budget[],
  settings: Parameters<typeof callWorld>[0] = {},
  fates: readonly Fate[] = [],
) {
  const world = callWorld(settings);
  world.state.budgets = budgets;
  world.fates.push(...fates);
  type Request = Partial<CallRequest & Pick<ChatCommand, "fitToBudget">>;
  const start = (request: Request, more: Partial<ChatCommand["chat"]>) => {
    const command = chatOf(request);
    const fitToBudget = request.fitToBudget ?? false;
    const wanted = { ...command, fitToBudget, chat: { ...command.chat, ...more } };
    return chat(world.deps, wanted, listener().listening);
  };
  return {
    ...world,
    run: (request: Request = {}, more: Partial<ChatCommand["chat"]> = {}) => start(request, more),
    /** Runs a call until it waits for the provider. */
    begin: async (request: Request = {}, more: Partial<ChatCommand["chat"]> = {}) => {
      const result = start(request, more);
      result.catch(() => {});
      await settled();
      return { result, script: world.provider.chats.at(-1) as ChatScript };
    },
    window: (id = WINDOW_ID) => world.documents.get(windowKey(id))?.fields,
    spend: (id: string, spent: number) =>
      world.documents.apply([
        { kind: "add", doc: windowKey(id), set: { openingSince: SINCE }, add: { spent } },
      ]),
    /** Nobody hears of the next commit: its answer is lost, and so is the look at what became of it. */
    failReadAfterCommit: () => {
      world.documents.onLanded = () => {
        world.documents.onLanded = () => {};
        world.faults.failingReads = 1;
      };
    },
    pass: async (ms: number) => {
      await settled();
      world.clock.advance(ms);
      await settled();
    },
  };
}
