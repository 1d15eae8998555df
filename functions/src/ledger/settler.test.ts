import { setImmediate as whatCanRun } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { correctionIdOf, twinIdOf } from "../core/ids.ts";
import { DAY_MS } from "../core/period.ts";
import { expiredEntry } from "./care.ts";
import { type Hold, holdKey } from "./hold.ts";
import type { CommitOutcome, Write } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import type { Settlement } from "./settle.ts";
import { Settler } from "./settler.ts";
import type { Fate } from "./testing/memory-store.ts";
import { RETENTION_DAYS, sampleDraft, sampleHold } from "./testing/sample-call.ts";
import { smallStore } from "./testing/small-store.ts";

const STARTED_MS = Date.parse("2026-11-22T13:59:00Z");

describe("settle", () => {
  it("makes the entry durable and gives the hold back", async () => {
    const { settler, holdOf, settlementOf, world } = setUp();
    const hold = holdOf("r1");
    expect(await settler.settle(settlementOf(hold))).toBe("ledger");
    expect(Object.keys(world.all("usage_tracking"))).toEqual([hold.entryId]);
    expect(world.all("usage_holds")).toEqual({});
    expect(Object.keys(world.all("usage_outbox"))).toHaveLength(1);
  });

  it.each<[string, Fate[]]>([
    ["was repeated by the SDK", ["lands_twice"]],
    ["landed without an answer", ["lands_unheard"]],
    ["was lost", ["lost"]],
    ["was refused once", ["refused"]],
    ["lands late, behind the next try", ["lands_late"]],
    ["was lost three times", ["lost", "lost", "lost"]],
  ])("writes one entry when a commit %s", async (_what, fates) => {
    const { settler, holdOf, settlementOf, world, kept } = setUp(fates);
    expect(await settler.settle(settlementOf(holdOf("r1")))).toBe("ledger");
    await Promise.resolve();
    expect(Object.keys(world.all("usage_tracking"))).toHaveLength(1);
    expect(Object.keys(world.all("usage_outbox"))).toHaveLength(1);
    expect(world.all("usage_holds")).toEqual({});
    expect(kept).toEqual([]);
  });

  it("splits a refused batch, so that one bad settlement holds up no other", async () => {
    const { settler, holdOf, settlementOf, world, kept, commits } = setUp();
    const holds = ["r1", "r2", "r3", "r4"].map(holdOf);
    world.documents.apply([create("usage_tracking", holds[2]?.entryId ?? "", { nonce: "thief" })]);
    const settled = await Promise.all(holds.map((hold) => settler.settle(settlementOf(hold))));
    expect(settled).toEqual(["ledger", "ledger", "ledger", "ledger"]);
    const twin = twinIdOf(holds[2]?.entryId ?? "", "nonce-r3");
    expect(Object.keys(world.all("usage_tracking"))).toHaveLength(5);
    expect(world.all("usage_tracking")[twin]).toMatchObject({ nonce: "nonce-r3" });
    expect(kept).toEqual([]);
    expect(commits.length).toBeGreaterThan(3);
  });

  it("corrects care's guess when the call ends after all", async () => {
    const { settler, holdOf, settlementOf, world } = setUp();
    const hold = holdOf("r1");
    const guess = { ...expiredEntry(hold, new Date(world.clock.nowMs()), RETENTION_DAYS) };
    await settler.settleAlone({ entries: [guess], holdId: hold.holdId, hold: null });
    expect(await settler.settle(settlementOf(hold))).toBe("ledger");
    expect(await settler.settle(settlementOf(hold))).toBe("ledger");
    const entries = world.all("usage_tracking");
    expect(Object.keys(entries).sort()).toEqual(
      [hold.entryId, correctionIdOf(hold.entryId, 1)].sort(),
    );
  });

  it("hands a settlement over, whole, when the store takes nothing", async () => {
    const { settler, holdOf, settlementOf, world, kept } = setUp(
      Array.from({ length: 9 }, () => "lost"),
    );
    const settlement = settlementOf(holdOf("r1"));
    expect(await settler.settle(settlement)).toBe("elsewhere");
    expect(kept).toEqual([settlement]);
    expect(world.all("usage_tracking")).toEqual({});
  });

  it("hands it over when it cannot even be read what is there", async () => {
    const { settler, holdOf, settlementOf, world, kept } = setUp(["lost"]);
    world.faults.failingReads = 1;
    expect(await settler.settle(settlementOf(holdOf("r1")))).toBe("elsewhere");
    expect(kept).toHaveLength(1);
  });

  it("is in the ledger although its hold could not be given back", async () => {
    const { settler, holdOf, settlementOf, world, kept } = setUp(["lands_unheard"]);
    const hold = holdOf("r1");
    const settlement = { ...settlementOf(hold), hold: null };
    world.fates.push(...Array.from({ length: 5 }, () => "refused" as const));
    expect(await settler.settle(settlement)).toBe("ledger");
    expect(kept).toEqual([]);
    expect(Object.keys(world.all("usage_holds"))).toEqual([hold.holdId]);
  });

  it("never rejects, whatever a settlement holds", async () => {
    const { settler, holdOf, settlementOf, kept } = setUp();
    const settlement = settlementOf(holdOf("r1"));
    const broken = { ...settlement, entries: [{ ...settlement.entries[0], windows: null }] };
    expect(await settler.settle(broken as unknown as Settlement)).toBe("elsewhere");
    expect(kept).toHaveLength(1);
  });

  it("gives a commit what is left of 3 s since the settlement's arrival, then one look of 500 ms", async () => {
    const { settler, holdOf, settlementOf, commits, reads, world } = setUp([], {
      commitTakesMs: 2_000,
    });
    world.fates.push("lost", "lost");
    expect(await settler.settle(settlementOf(holdOf("r1")))).toBe("elsewhere");
    expect(commits).toEqual([3_000, 1_000]);
    expect(reads).toEqual([1_000, 500]);
  });

  it("counts what it had to wait for its hold, when it is told when it arrived", async () => {
    const { settler, holdOf, settlementOf, commits, world } = setUp([], { commitTakesMs: 500 });
    world.fates.push("lost");
    const arrivedAtMs = world.clock.nowMs() - 2_500;
    expect(await settler.settle(settlementOf(holdOf("r1")), arrivedAtMs)).toBe("elsewhere");
    expect(commits).toEqual([500]);
  });

  it("lets nobody wait longer than 3.5 s, whatever hangs before it", async () => {
    const { settler, holdOf, settlementOf, world, kept, hang } = setUp();
    hang.isOn = true;
    const settlements = Array.from({ length: 8 }, (_, n) => settlementOf(holdOf(`r${n}`)));
    const settling: Promise<unknown>[] = [];
    for (const settlement of settlements) {
      settling.push(settler.settle(settlement));
      world.clock.advance(350);
      await whatCanRun();
    }
    world.clock.advance(3_500 - 350);
    expect(await Promise.all(settling)).toEqual(settlements.map(() => "elsewhere"));
    expect(kept).toEqual(settlements);
    expect(world.clock.pending).toBeLessThanOrEqual(4);
  });

  it("does not begin to write what nobody waits for any more", async () => {
    const { settler, holdOf, settlementOf, world, hang, commits } = setUp();
    hang.isOn = true;
    const settling: Promise<unknown>[] = [];
    for (let n = 0; n < 6; n += 1) {
      settling.push(settler.settle(settlementOf(holdOf(`r${n}`))));
      world.clock.advance(350);
      await whatCanRun();
    }
    world.clock.advance(4_000);
    await Promise.all(settling);
    expect(commits).toHaveLength(4);
    hang.isOn = false;
    hang.release();
    await whatCanRun();
    expect(commits).toHaveLength(4);
  });

  it("writes nothing more after its time, though it looks whether it is there", async () => {
    const { settler, holdOf, settlementOf, commits, world } = setUp([], { commitTakesMs: 3_000 });
    world.fates.push("lands_unheard");
    expect(await settler.settle(settlementOf(holdOf("r1")))).toBe("ledger");
    expect(commits).toEqual([3_000]);
  });
});

describe("settleAlone", () => {
  it("says whether it has written the entries or found them", async () => {
    const { settler, holdOf, settlementOf } = setUp();
    const settlement = settlementOf(holdOf("r1"));
    expect(await settler.settleAlone(settlement)).toBe("written");
    expect(await settler.settleAlone(settlement)).toBe("already");
  });

  it("has written what landed without an answer", async () => {
    const { settler, holdOf, settlementOf, world } = setUp(["lands_unheard"]);
    expect(await settler.settleAlone(settlementOf(holdOf("r1")))).toBe("written");
    expect(Object.keys(world.all("usage_tracking"))).toHaveLength(1);
  });

  it("gives back a hold that it finds by its id and nonce, though nobody knew that it had landed", async () => {
    const { settler, holdOf, settlementOf, world } = setUp();
    const settlement = { ...settlementOf(holdOf("r1")), hold: null };
    expect(await settler.settleAlone(settlement)).toBe("written");
    expect(world.all("usage_holds")).toEqual({});
  });

  it("leaves a hold of the same id that is another's", async () => {
    const { settler, holdOf, settlementOf, world } = setUp();
    const settlement = { ...settlementOf(holdOf("r1")), hold: null };
    const entries = settlement.entries.map((entry) => ({ ...entry, nonce: "other" }));
    expect(await settler.settleAlone({ ...settlement, entries })).toBe("written");
    expect(Object.keys(world.all("usage_holds"))).toHaveLength(1);
  });

  it("books on today what comes more than 7 days late, with its price and its windows", async () => {
    const { settler, holdOf, settlementOf, world } = setUp();
    const settlement = settlementOf(holdOf("r1"));
    world.clock.advance(9 * DAY_MS);
    expect(await settler.settleAlone(settlement)).toBe("written");
    expect(await settler.settleAlone(settlement)).toBe("already");
    const [draft] = settlement.entries;
    expect(Object.values(world.all("usage_tracking"))).toEqual([
      {
        ...draft,
        day: "2026-12-01",
        month: "2026-12",
        originalDay: "2026-11-22",
        settledAt: new Date("2026-12-01T14:00:00Z"),
        expireAt: new Date(Date.parse("2027-01-01") + RETENTION_DAYS * DAY_MS),
        shard: expect.any(Number),
      },
    ]);
  });

  it("throws when the store does not take it, and hands nothing over: it is tried again", async () => {
    const { settler, holdOf, settlementOf, kept } = setUp(
      Array.from({ length: 5 }, () => "refused"),
    );
    const settling = settler.settleAlone(settlementOf(holdOf("r1")));
    await expect(settling).rejects.toThrow("were not written");
    expect(kept).toEqual([]);
  });
});

function setUp(fates: readonly Fate[] = [], { commitTakesMs = 0 } = {}) {
  const world = smallStore();
  world.fates.push(...fates);
  const kept: Settlement[] = [];
  const commits: number[] = [];
  const reads: number[] = [];
  let ids = 0;
  const hung = Promise.withResolvers<void>();
  const hang = { isOn: false, release: hung.resolve };
  const store: LedgerStore = {
    ...world.store,
    commit: async (writes: readonly Write[], deadlineMs: number): Promise<CommitOutcome> => {
      commits.push(deadlineMs);
      if (hang.isOn) await hung.promise;
      world.clock.advance(Math.min(commitTakesMs, deadlineMs));
      return world.store.commit(writes, deadlineMs);
    },
    read: async (docs, deadlineMs) => {
      reads.push(deadlineMs);
      return world.store.read(docs, deadlineMs);
    },
  };
  const settler = new Settler({
    store,
    clock: world.clock,
    shards: 4,
    deadlineMs: 3_000,
    randomId: () => {
      ids += 1;
      return `outbox-${ids}`;
    },
    keepElsewhere: async (settlement) => {
      kept.push(settlement);
    },
  });
  const holdOf = (requestId: string): Hold => {
    const nonce = `nonce-${requestId}`;
    const hold = sampleHold({ requestId, nonce, startedAtMs: STARTED_MS });
    world.documents.apply([create("usage_holds", hold.holdId, { ...hold })]);
    return hold;
  };
  const settlementOf = (hold: Hold): Settlement => {
    const version = world.documents.get(holdKey(hold.holdId))?.version ?? "0";
    const entries = [sampleDraft(hold, { input: 10, output: 5 })];
    return {
      entries,
      holdId: hold.holdId,
      hold: { holdId: hold.holdId, version, windows: hold.windows },
    };
  };
  return { world, settler, holdOf, kept, commits, reads, settlementOf, hang };
}

function create(
  collection: "usage_tracking" | "usage_holds",
  id: string,
  fields: Record<string, unknown>,
): Write {
  return { kind: "create", doc: { collection, id }, fields };
}
