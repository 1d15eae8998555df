import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { entryKey, type Hold, holdKey } from "./hold.ts";
import { Journal } from "./journal.ts";
import type { LedgerStore } from "./port.ts";
import { windowKey } from "./reserve.ts";
import type { Fate } from "./testing/memory-store.ts";
import { sampleAdmission } from "./testing/sample-admission.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";
import { type SmallStore, smallStore } from "./testing/small-store.ts";

const OURS = false;
const THE_CLIENTS = true;

describe("write", () => {
  it.each<[string, Fate[]]>([
    ["landed", []],
    ["was repeated by the SDK", ["lands_twice"]],
    ["landed without an answer", ["lands_unheard"]],
  ])("has landed, at the version that stands there, when the commit %s", async (_what, fates) => {
    const { journal, world } = setUp(fates);
    const hold = holdOf("r1");
    expect(await journal.write(hold, THE_CLIENTS)).toEqual({
      status: "landed",
      hold: { holdId: hold.holdId, version: versionOf(world, hold), windows: [] },
    });
  });

  it("gives every hold of a batch its own version", async () => {
    const { journal, world } = setUp();
    const holds = ["r1", "r2", "r3"].map((id) => holdOf(id));
    const results = await Promise.all(
      holds.map((hold, n) => journal.write(hold, n === 1 ? THE_CLIENTS : OURS)),
    );
    expect(results).toEqual(
      holds.map((hold) => ({
        status: "landed",
        hold: { holdId: hold.holdId, version: versionOf(world, hold), windows: [] },
      })),
    );
  });

  it("is taken by a running request of the same id", async () => {
    const { journal } = setUp();
    await journal.write(holdOf("r1"), THE_CLIENTS);
    const again = await journal.write(holdOf("r1", "nonce-2"), THE_CLIENTS);
    expect(again).toMatchObject({
      status: "taken",
      entry: undefined,
      hold: { fields: { nonce: "nonce-r1" } },
    });
  });

  it("is taken by a settled request of the same id, which has left no hold", async () => {
    const { journal, world } = setUp();
    const hold = holdOf("r1");
    const fields = { ...sampleDraft(hold, {}) };
    world.documents.apply([{ kind: "create", doc: entryKey(hold.entryId), fields }]);
    const again = await journal.write(hold, THE_CLIENTS);
    expect(again).toMatchObject({ status: "taken", entry: { fields: { nonce: "nonce-r1" } } });
    expect(world.all("usage_holds")).toEqual({});
  });

  it("takes one of two that come at once, and holds up no other", async () => {
    const { journal } = setUp();
    const results = await Promise.all([
      journal.write(holdOf("r0"), OURS),
      journal.write(holdOf("r1"), THE_CLIENTS),
      journal.write(holdOf("r1", "nonce-2"), THE_CLIENTS),
      journal.write(holdOf("r2"), THE_CLIENTS),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["landed", "landed", "taken", "landed"]);
  });

  it.each<[string, Fate[], number]>([
    ["was lost", ["lost"], 0],
    ["cannot be looked up", ["lands_unheard"], 1],
    ["was refused, and nothing says why", ["refused"], 0],
  ])("is unclear when the commit %s", async (_what, fates, failingReads) => {
    const { journal, world } = setUp(fates);
    world.faults.failingReads = failingReads;
    expect((await journal.write(holdOf("r1"), THE_CLIENTS)).status).toBe("unclear");
  });

  it("is unclear, and never rejects, when something breaks", async () => {
    const { store, clock } = smallStore();
    const commit = () => Promise.reject(new Error("broken"));
    const journal = new Journal({ store: { ...store, commit }, clock, deadlineMs: 2_000 });
    expect((await journal.write(holdOf("r1"), OURS)).status).toBe("unclear");
  });

  it("gives each of a batch its own 2 s", async () => {
    const { journal, world, deadlines, flights } = setUp([], 0, true);
    void journal.write(holdOf("r0"), THE_CLIENTS);
    const old = journal.write(holdOf("r1"), THE_CLIENTS);
    world.clock.advance(200);
    const fresh = journal.write(holdOf("r2"), THE_CLIENTS);
    flights.shift()?.();
    await settled();
    world.clock.advance(1_800);
    expect((await old).status).toBe("unclear");
    flights.shift()?.();
    expect((await fresh).status).toBe("landed");
    expect(deadlines).toEqual([2_000, 2_000, 500]);
  });

  it("writes none again whose call was told that its time is over", async () => {
    const { journal, world, flights } = setUp([], 0, true);
    const taken = holdOf("taken");
    world.documents.apply([{ kind: "create", doc: entryKey(taken.entryId), fields: {} }]);
    void journal.write(holdOf("r0"), THE_CLIENTS);
    const old = journal.write(holdOf("r1"), THE_CLIENTS);
    world.clock.advance(200);
    const other = journal.write(taken, THE_CLIENTS);
    flights.shift()?.();
    await settled();
    world.clock.advance(1_800);
    expect((await old).status).toBe("unclear");
    while (flights.length > 0) {
      flights.shift()?.();
      await settled();
    }
    expect((await other).status).toBe("taken");
    expect(Object.keys(world.all("usage_holds"))).toEqual([holdOf("r0").holdId]);
  });

  it("waits 2 s since its arrival for the commit, then takes one look of 500 ms", async () => {
    const { journal, world, deadlines } = setUp(["lost"], 2_000);
    const result = await journal.write(holdOf("r1"), THE_CLIENTS);
    expect(result.status).toBe("unclear");
    expect(deadlines).toEqual([2_000, 500]);
    expect(world.all("usage_holds")).toEqual({});
  });
});

describe("withdraw", () => {
  it("deletes a hold that landed after its call was refused", async () => {
    const { journal, world } = setUp();
    const hold = holdOf("r1");
    const late = Promise.withResolvers<void>();
    const withdrawn = journal.withdraw(hold, { ended: late.promise });
    await journal.write(hold, THE_CLIENTS);
    expect(Object.keys(world.all("usage_holds"))).toEqual([hold.holdId]);
    late.resolve();
    await withdrawn;
    expect(world.all("usage_holds")).toEqual({});
  });

  it("gives back what it reserved, in the same commit", async () => {
    const { journal, world } = setUp();
    const budgets = [sampleBudget({ enforcement: "block" })];
    const hold = sampleAdmission({
      requestId: "r1",
      nonce: "nonce-r1",
      startedAtMs: Date.parse("2026-11-22T14:00:00Z"),
      budgets,
    }).holdFor(250, [1_000_000]);
    const window = windowKey(hold.windows[0]?.windowId ?? "");
    await journal.write(hold, OURS);
    world.documents.apply([{ kind: "add", doc: window, set: {}, add: { held: 1_000_700 } }]);
    await journal.withdraw(hold, { ended: Promise.resolve() });
    expect(world.all("usage_holds")).toEqual({});
    expect(world.documents.get(window)?.fields.held).toBe(700);
  });

  it("leaves another's hold of the same id alone", async () => {
    const { journal, world } = setUp();
    await journal.write(holdOf("r1"), THE_CLIENTS);
    await journal.withdraw(holdOf("r1", "nonce-2"), { ended: Promise.resolve() });
    expect(Object.keys(world.all("usage_holds"))).toHaveLength(1);
  });

  it("takes back at once what has landed, and again what lands later", async () => {
    const { journal, world } = setUp();
    const hold = holdOf("r1");
    const late = Promise.withResolvers<void>();
    await journal.write(hold, OURS);
    const withdrawn = journal.withdraw(hold, { ended: late.promise });
    await settled();
    expect(world.all("usage_holds")).toEqual({});
    await journal.write(hold, OURS);
    late.resolve();
    await withdrawn;
    expect(world.all("usage_holds")).toEqual({});
  });

  it("tries again after 5, 10, 20 s while the store fails", async () => {
    const { journal, world } = setUp();
    const hold = holdOf("r1");
    await journal.write(hold, THE_CLIENTS);
    world.faults.failingReads = 3;
    world.fates.push("refused");
    const withdrawn = journal.withdraw(hold, { ended: Promise.resolve() });
    for (const pauseMs of [5_000, 10_000, 20_000]) {
      await settled();
      world.clock.advance(pauseMs - 1);
      await settled();
      expect(Object.keys(world.all("usage_holds"))).toHaveLength(1);
      world.clock.advance(1);
    }
    await withdrawn;
    expect(world.all("usage_holds")).toEqual({});
  });

  it("takes it back after an outage that is as long as the hold", async () => {
    const { journal, world } = setUp();
    const hold = holdOf("r1");
    await journal.write(hold, THE_CLIENTS);
    const lastMinuteMs = hold.expiresAt.getTime() - 60_000;
    world.faults.failingReads = Number.POSITIVE_INFINITY;
    const withdrawn = journal.withdraw(hold, { ended: Promise.resolve() });
    while (world.clock.nowMs() < lastMinuteMs) {
      await settled();
      world.clock.advance(5_000);
    }
    world.faults.failingReads = 0;
    await settled();
    world.clock.advance(60_000);
    await withdrawn;
    expect(world.all("usage_holds")).toEqual({});
  });

  it("leaves an expired hold to care's estimate", async () => {
    const { journal, world } = setUp();
    const hold = holdOf("r1");
    await journal.write(hold, THE_CLIENTS);
    world.faults.failingReads = Number.POSITIVE_INFINITY;
    const withdrawn = journal.withdraw(hold, { ended: Promise.resolve() });
    await settled();
    world.clock.advance(hold.expiresAt.getTime() - world.clock.nowMs());
    await withdrawn;
    expect(Object.keys(world.all("usage_holds"))).toHaveLength(1);
    expect(world.clock.pending).toBe(0);
  });

  it("tries 70 times at most, whenever the hold expires", async () => {
    const { journal, world } = setUp();
    const hold = { ...holdOf("r1"), expiresAt: new Date("2030-01-01T00:00:00Z") };
    await journal.write(hold, THE_CLIENTS);
    world.faults.failingReads = Number.POSITIVE_INFINITY;
    let isOver = false;
    void journal.withdraw(hold, { ended: Promise.resolve() }).then(() => {
      isOver = true;
    });
    for (let tries = 0; tries < 70; tries += 1) {
      await settled();
      expect(isOver).toBe(false);
      world.clock.advance(60_000);
    }
    await settled();
    expect(isOver).toBe(true);
  });
});

function setUp(fates: readonly Fate[] = [], commitTakesMs = 0, areHeld = false) {
  const world = smallStore();
  const flights: (() => void)[] = [];
  world.fates.push(...fates);
  const deadlines: number[] = [];
  const store: LedgerStore = {
    ...world.store,
    commit: async (writes, deadlineMs) => {
      deadlines.push(deadlineMs);
      world.clock.advance(commitTakesMs);
      if (areHeld) await new Promise<void>((resolve) => flights.push(resolve));
      return world.store.commit(writes, deadlineMs);
    },
    read: async (docs, deadlineMs) => {
      deadlines.push(deadlineMs);
      return world.store.read(docs, deadlineMs);
    },
  };
  return {
    world,
    deadlines,
    flights,
    journal: new Journal({ store, clock: world.clock, deadlineMs: 2_000 }),
  };
}

function holdOf(requestId: string, nonce = `nonce-${requestId}`): Hold {
  return sampleHold({ requestId, nonce, startedAtMs: Date.parse("2026-11-22T14:00:00Z") });
}

function versionOf(world: SmallStore, hold: Hold): string | undefined {
  return world.documents.get(holdKey(hold.holdId))?.version;
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
