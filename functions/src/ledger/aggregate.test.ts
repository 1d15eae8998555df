import { describe, expect, it } from "@jest/globals";
import { type AggregateDeps, aggregate, KeyMemory, planSplit } from "./aggregate.ts";
import { LedgerRefusalError, LedgerStoreError } from "./errors.ts";
import { type Outbox, outboxesOf } from "./outbox.ts";
import type { Counters } from "./plan.ts";
import type { Fate } from "./testing/memory-store.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";
import { smallStore } from "./testing/small-store.ts";

const NOW = new Date("2026-11-22T14:00:00Z");

describe("aggregate", () => {
  it("adds the sums and deletes the outbox document in one commit", async () => {
    const { run, put, world } = setUp();
    const outbox = put("o1");
    expect(await run("o1", outbox)).toBe("aggregated");
    expect(world.all("usage_outbox")).toEqual({});
    expect(world.all("usage_monthly")).toMatchObject({
      "alice_2026-11": { userId: "alice", month: "2026-11", totals: { calls: 1 }, updatedAt: NOW },
    });
  });

  it("changes nothing when its event comes a second time", async () => {
    const { run, put, world } = setUp();
    const outbox = put("o1");
    await run("o1", outbox);
    const before = world.all("usage_monthly");
    expect(await run("o1", outbox)).toBe("already");
    expect(world.all("usage_monthly")).toEqual(before);
  });

  it("says so when the SDK's repetition finds its own work done", async () => {
    const { run, put, world } = setUp(["lands_twice"]);
    expect(await run("o1", put("o1"))).toBe("already");
    expect(world.all("usage_totals")).not.toEqual({});
  });

  it.each<[Fate, typeof LedgerStoreError]>([
    ["lost", LedgerStoreError],
    ["refused", LedgerRefusalError],
  ])("throws when the commit was %s: deliver again", async (fate, expected) => {
    const { run, put } = setUp([fate]);
    const outbox = put("o1");
    await expect(run("o1", outbox)).rejects.toBeInstanceOf(expected);
    expect(await run("o1", outbox)).toBe("aggregated");
  });

  it("reads a document's keys once, and again only for a key never seen", async () => {
    const { run, put, reads } = setUp();
    await run("o1", put("o1", "planner"));
    expect(reads).toEqual([4]);
    await run("o2", put("o2", "planner"));
    expect(reads).toEqual([4]);
    await run("o3", put("o3", "writer"));
    expect(reads).toEqual([4, 3]);
  });

  it("counts agents beyond the cap under ~other, on whatever instance they come", async () => {
    const { run, put, world, forget } = setUp();
    for (let n = 0; n < 70; n += 1) {
      if (n % 9 === 0) forget();
      await run(`o${n}`, put(`o${n}`, `agent-${n}`));
    }
    const month = world.all("usage_monthly")["alice_2026-11"] as Record<string, Counters>;
    expect(Object.keys(month.byAgent ?? {})).toHaveLength(50);
    expect(month.byAgent?.["~other"]).toMatchObject({ calls: 21 });
    expect(month.totals).toMatchObject({ calls: 70 });
  });

  it("keeps the documents of 800 agents and phases small, and their sums whole", async () => {
    const { run, put, world } = setUp();
    for (let n = 0; n < 800; n += 1) {
      const name = `${"x".repeat(100)}-${n}`;
      await run(`o${n}`, put(`o${n}`, name, name));
    }
    const day = world.all("usage_daily")["0_2026-11-22"] as Record<string, Counters>;
    expect(JSON.stringify(day).length).toBeLessThan(200_000);
    for (const map of [day.byAgent, day.byModelPhase]) {
      const calls = Object.values(map ?? {}).map((counters) =>
        Number((counters as Counters).calls),
      );
      expect(calls.reduce((sum, count) => sum + count)).toBe(800);
    }
  });
});

describe("KeyMemory", () => {
  it("forgets the documents that it has not met for longest, beyond 5 000", () => {
    const memory = new KeyMemory();
    for (let n = 0; n < 5_000; n += 1) memory.learn(`d${n}`, {});
    memory.learn("d0", {});
    memory.learn("d5000", {});
    expect(memory.get("d0")).toBeDefined();
    expect(memory.get("d1")).toBeUndefined();
  });
});

describe("planSplit", () => {
  it("puts two halves in the place of one, with the same targets", () => {
    const [outbox] = outboxesOf([entry("planner")], NOW) as [Outbox];
    const ids = ["left", "right"];
    const [gone, left, right] = planSplit("o1", outbox, () => ids.shift() ?? "");
    expect(gone).toEqual({ kind: "delete", doc: { collection: "usage_outbox", id: "o1" } });
    const halves = [left, right].map((write) => write as { fields: Partial<Outbox> });
    expect(halves.flatMap(({ fields }) => fields.targets)).toEqual(outbox.targets);
    expect(halves.flatMap(({ fields }) => fields.entryIds)).toEqual(outbox.entryIds);
  });

  it("has nothing to split in a single target", () => {
    const [outbox] = outboxesOf([entry("planner")], NOW) as [Outbox];
    expect(planSplit("o1", { ...outbox, targets: outbox.targets.slice(0, 1) }, () => "x")).toEqual(
      [],
    );
  });
});

function setUp(fates: readonly Fate[] = []) {
  const world = smallStore(NOW.getTime());
  world.fates.push(...fates);
  const reads: number[] = [];
  const store: AggregateDeps["store"] = {
    ...world.store,
    readMaps: (docs, names, deadlineMs) => {
      reads.push(docs.length);
      return world.store.readMaps(docs, names, deadlineMs);
    },
  };
  let knownKeys = new KeyMemory();
  return {
    world,
    reads,
    forget: () => {
      knownKeys = new KeyMemory();
    },
    put: (id: string, agent = "planner", phase = "draft"): Outbox => {
      const [outbox] = outboxesOf([entry(agent, phase)], NOW) as [Outbox];
      const doc = { collection: "usage_outbox" as const, id };
      world.documents.apply([{ kind: "create", doc, fields: { ...outbox } }]);
      return outbox;
    },
    run: (id: string, outbox: Outbox) =>
      aggregate({ store, deadlineMs: 1_000, knownKeys }, id, outbox, NOW),
  };
}

function entry(agent: string, phase = "draft") {
  const hold = sampleHold({
    requestId: "r1",
    nonce: "n1",
    startedAtMs: NOW.getTime(),
    attribution: { agent, phase, sessionId: "s1" },
  });
  return { ...sampleDraft(hold, { input: 1 }), shard: 0 };
}
