import { describe, expect, it } from "@jest/globals";
import { KeyMemory } from "./aggregate.ts";
import { careForLedger, expiredEntry } from "./care.ts";
import type { Hold } from "./hold.ts";
import { outboxesOf } from "./outbox.ts";
import type { LedgerStore } from "./port.ts";
import { Settler } from "./settler.ts";
import {
  CALL_TIMEOUT_MS,
  RETENTION_DAYS,
  SAMPLE_RATES,
  sampleDraft,
  sampleHold,
} from "./testing/sample-call.ts";
import { smallStore } from "./testing/small-store.ts";

const STARTED_MS = Date.parse("2026-11-22T14:00:00Z");
const NOW = new Date(STARTED_MS + 3_600_000);

describe("expiredEntry", () => {
  it("charges the whole hold: 1 000 x 1 + 1 000 x 4 dollars per million", () => {
    expect(expiredEntry(holdOf("r1"), NOW, RETENTION_DAYS)).toMatchObject({
      entryId: holdOf("r1").entryId,
      nonce: "nonce-r1",
      status: "expired",
      usageStatus: "estimated",
      estimatedBecause: "hold_expired",
      classes: { input: 1_000, output: 1_000 },
      costNanoUsd: 5_000_000,
      inputCostNanoUsd: 1_000_000,
      outputCostNanoUsd: 4_000_000,
      classCosts: [],
      priceStatus: "priced",
      userId: "alice",
      startedAt: new Date(STARTED_MS),
      settledAt: NOW,
    });
  });

  it("charges the bound where that is dearer than the plain rates, and adds up", () => {
    const tiers = [
      {
        fromInputTokens: 0,
        rates: { input: 1e12, cacheWrite5m: 1.25e12, output: 4e12 },
      },
    ];
    const hold = holdOf("r1", { rates: { ...SAMPLE_RATES, tiers } });
    expect(expiredEntry(hold, NOW, RETENTION_DAYS)).toMatchObject({
      costNanoUsd: 5_250_000,
      inputCostNanoUsd: 1_000_000,
      outputCostNanoUsd: 4_250_000,
    });
  });

  it("is unpriced for a model without a price", () => {
    expect(expiredEntry(holdOf("r1", { rates: null }), NOW, RETENTION_DAYS)).toMatchObject({
      priceStatus: "unpriced",
      costNanoUsd: 0,
      totalTokens: 2_000,
    });
  });
});

describe("careForLedger", () => {
  it("turns expired holds into entries and leaves younger ones alone", async () => {
    const { care, put, world } = setUp();
    put(holdOf("old"));
    put(holdOf("young", {}, NOW.getTime() - CALL_TIMEOUT_MS));
    expect(await care()).toMatchObject({ swept: 1, failures: 0 });
    expect(Object.values(world.all("usage_tracking"))).toMatchObject([
      { requestId: "old", status: "expired" },
    ]);
    expect(Object.keys(world.all("usage_holds"))).toEqual([holdOf("young").holdId]);
  });

  it("writes no second entry for a call that has settled, but gives its hold back", async () => {
    const { care, put, world } = setUp();
    const hold = holdOf("r1");
    put(hold);
    const entry = { ...sampleDraft(hold, { input: 1 }), shard: 0 };
    const doc = { collection: "usage_tracking" as const, id: hold.entryId };
    world.documents.apply([{ kind: "create", doc, fields: entry }]);
    expect(await care()).toMatchObject({ swept: 1 });
    expect(world.all("usage_tracking")).toEqual({ [hold.entryId]: entry });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("aggregates what no trigger has seen, but not what is still a trigger's", async () => {
    const { care, putOutbox, world } = setUp();
    putOutbox("old", new Date(NOW.getTime() - 60_001));
    putOutbox("young", new Date(NOW.getTime() - 60_000));
    expect(await care()).toMatchObject({ aggregated: 1, alreadyAggregated: 0 });
    expect(Object.keys(world.all("usage_outbox"))).toEqual(["young"]);
  });

  it("counts what a trigger has aggregated meanwhile", async () => {
    const { care, putOutbox, world } = setUp();
    putOutbox("old", new Date(0));
    world.fates.push("lands_twice");
    expect(await care()).toMatchObject({ aggregated: 0, alreadyAggregated: 1 });
  });

  it("goes through all pages", async () => {
    const { care, put, putOutbox, world } = setUp();
    for (let n = 0; n < 205; n += 1) {
      put(holdOf(`r${n}`));
      putOutbox(`o${n}`, new Date(n % 7));
    }
    expect(await care()).toEqual({
      aggregated: 205,
      alreadyAggregated: 0,
      swept: 205,
      failures: 0,
      isCut: false,
    });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("lets no failing document stop the others, and reports it", async () => {
    const failing = ["b", holdOf("r1").entryId];
    const { care, put, putOutbox, reported, world } = setUp({
      commit: async (writes, deadlineMs) =>
        writes.some(({ doc }) => failing.includes(doc.id))
          ? { status: "unclear", cause: new Error("lost"), ended: Promise.resolve() }
          : world.store.commit(writes, deadlineMs),
    });
    for (const id of ["a", "b", "c"]) putOutbox(id, new Date(0));
    for (const id of ["r1", "r2"]) put(holdOf(id));
    expect(await care()).toMatchObject({ aggregated: 2, swept: 1, failures: 2 });
    expect(reported).toEqual([
      ["outbox", "b"],
      ["hold", holdOf("r1").holdId],
    ]);
  });

  it("works on eight documents at once, so that slow ones do not take the whole run", async () => {
    const flights: (() => void)[] = [];
    let most = 0;
    const { care, put, world } = setUp({
      read: async (docs, deadlineMs) => {
        await new Promise<void>((resolve) => {
          most = Math.max(most, flights.push(resolve));
        });
        return world.store.read(docs, deadlineMs);
      },
    });
    for (let n = 0; n < 20; n += 1) put(holdOf(`r${n}`));
    const cared = care();
    for (let rounds = 0; rounds < 30; rounds += 1) {
      for (const land of flights.splice(0)) land();
      await settled();
    }
    expect(await cared).toMatchObject({ swept: 20, isCut: false });
    expect(most).toBe(8);
  });

  it("leaves to the next run what would take the time of the other list, or of comparing", async () => {
    const slow = { takesMs: 20_000 };
    const { care, put, putOutbox, world } = setUp({
      commit: (writes, deadlineMs) => {
        world.clock.advance(slow.takesMs / 8);
        return world.store.commit(writes, deadlineMs);
      },
    });
    for (let n = 0; n < 150; n += 1) {
      put(holdOf(`r${n}`));
      putOutbox(`o${n}`, new Date(0));
    }
    const began = world.clock.nowMs();
    const { aggregated, swept, isCut } = await care();
    expect(isCut).toBe(true);
    expect(Math.min(aggregated, swept)).toBeGreaterThan(10);
    expect(world.clock.nowMs() - began).toBeLessThan(120_000);
    slow.takesMs = 0;
    expect(await care()).toMatchObject({
      aggregated: 150 - aggregated,
      swept: 150 - swept,
      isCut: false,
    });
  });

  it("sweeps holds also when the outbox cannot be listed", async () => {
    const { care, put, reported, world } = setUp({
      oldOutbox: () => Promise.reject(new Error("x")),
    });
    put(holdOf("r1"));
    expect(await care()).toMatchObject({ swept: 1, failures: 1 });
    expect(reported).toEqual([["outbox", "*"]]);
    expect(world.all("usage_holds")).toEqual({});
  });

  it("splits an outbox document that is refused for good until only the bad target is left", async () => {
    const { care, putOutbox, world } = setUp();
    const apply = world.documents.apply.bind(world.documents);
    world.documents.apply = (writes) =>
      writes.some(({ kind, doc }) => kind === "add" && doc.collection === "usage_daily")
        ? { status: "refused", why: "invalid" }
        : apply(writes);
    putOutbox("full", new Date(0));
    for (let runs = 0; runs < 4; runs += 1) await care();
    expect(Object.keys(world.all("usage_monthly"))).toHaveLength(1);
    expect(Object.keys(world.all("usage_totals"))).toHaveLength(1);
    expect(Object.values(world.all("usage_outbox"))).toMatchObject([
      { targets: [{ collection: "usage_daily" }] },
    ]);
  });
});

function setUp(more: Partial<LedgerStore> = {}) {
  const world = smallStore(NOW.getTime());
  const store: LedgerStore = { ...world.store, ...more };
  const reported: [string, string][] = [];
  let ids = 0;
  const randomId = () => {
    ids += 1;
    return `random-${ids}`;
  };
  const settler = new Settler({
    store,
    clock: world.clock,
    shards: 4,
    deadlineMs: 3_000,
    randomId,
    keepElsewhere: async () => {
      throw new Error("care hands nothing over");
    },
  });
  const care = () =>
    careForLedger(
      {
        store,
        clock: world.clock,
        settler,
        aggregate: { store, deadlineMs: 1_000, knownKeys: new KeyMemory() },
        retentionDays: RETENTION_DAYS,
        outboxGraceMs: 60_000,
        randomId,
        reportFailure: (what, id) => reported.push([what, id]),
      },
      NOW,
    );
  return {
    world,
    care,
    reported,
    put: (hold: Hold) => {
      const doc = { collection: "usage_holds" as const, id: hold.holdId };
      world.documents.apply([{ kind: "create", doc, fields: { ...hold } }]);
    },
    putOutbox: (id: string, createdAt: Date) => {
      const entry = { ...sampleDraft(holdOf("o"), { input: 1 }), shard: 0 };
      const [outbox] = outboxesOf([entry], createdAt);
      const doc = { collection: "usage_outbox" as const, id };
      world.documents.apply([{ kind: "create", doc, fields: { ...outbox } }]);
    },
  };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function holdOf(
  requestId: string,
  more: { rates?: Hold["rates"] } = {},
  startedAtMs = STARTED_MS,
): Hold {
  return sampleHold({ requestId, nonce: `nonce-${requestId}`, startedAtMs, ...more });
}
