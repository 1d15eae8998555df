import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { capKeys, type KnownKeys, MAP_CAPS, needsStoredKeys, OTHER_KEY, withKeys } from "./caps.ts";
import { addCounters, type Counters } from "./plan.ts";

const ONE = { calls: 1, costNanoUsd: 10 };
const NOTHING: KnownKeys = new Map();

describe("capKeys", () => {
  it("keeps 49 agents and counts the 50th and all later ones under ~other", () => {
    const { document } = grow("byAgent", 60);
    const keys = Object.keys(document.byAgent as Counters);
    expect(keys).toHaveLength(50);
    expect((document.byAgent as Counters)[OTHER_KEY]).toEqual({ calls: 11, costNanoUsd: 110 });
  });

  it("goes on counting what was there before", () => {
    const { known } = grow("byAgent", 60);
    expect(capKeys({ byAgent: { "agent-3": ONE } }, known)).toEqual({
      byAgent: { "agent-3": ONE },
    });
    expect(capKeys({ byAgent: { "agent-59": ONE } }, known)).toEqual({
      byAgent: { [OTHER_KEY]: ONE },
    });
  });

  it.each(Object.entries(MAP_CAPS))("keeps at most that many keys: %s %d", (name, cap) => {
    const { document } = grow(name, cap + 30);
    expect(Object.keys(document[name] as Counters)).toHaveLength(cap);
    expect(callsIn(document[name] as Counters)).toBe(cap + 30);
  });

  it("caps a whole batch at once", () => {
    const byAgent = Object.fromEntries(
      Array.from({ length: 5_000 }, (_, n) => [`agent-${n}`, ONE] as const),
    );
    const capped = capKeys({ totals: { calls: 5_000 }, byAgent }, NOTHING);
    expect(Object.keys(capped.byAgent as Counters)).toHaveLength(50);
    expect(callsIn(capped.byAgent as Counters)).toBe(5_000);
    expect(JSON.stringify(capped).length).toBeLessThan(4_000);
  });

  it("leaves days and other maps that cannot grow as they are", () => {
    const add = { totals: ONE, byDay: { "2026-11-22": ONE }, latencyMs: { inf: 1 } };
    expect(capKeys(add, NOTHING)).toEqual(add);
  });

  it("counts a credit where its counter stands", () => {
    const known: KnownKeys = new Map([["byOperation", new Set(["chat"])]]);
    const add = { totals: { calls: 1 }, credits: { byOperation: { chat: ONE } } };
    expect(capKeys(add, known)).toEqual(add);
  });

  it("counts a credit under ~other when its counter is there", () => {
    const { known } = grow("byOperation", 60);
    const add = { credits: { totals: ONE, byOperation: { "agent-59": ONE } } };
    expect(capKeys(add, known)).toEqual({
      credits: { totals: ONE, byOperation: { [OTHER_KEY]: ONE } },
    });
  });

  it("never changes a sum, whatever comes in whatever order", () => {
    const batch = fc.dictionary(fc.string({ maxLength: 2 }), fc.constant({ calls: 1 }), {
      maxKeys: 40,
    });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 10 }), (batches) => {
        let document: Counters = {};
        let known: KnownKeys = NOTHING;
        for (const byAgent of batches) {
          const add = capKeys({ byAgent }, known);
          known = withKeys(known, add);
          document = addCounters(document, add);
        }
        const calls = batches.reduce((sum, keys) => sum + Object.keys(keys).length, 0);
        const map = (document.byAgent ?? {}) as Counters;
        return Object.keys(map).length <= 50 && callsIn(map) === calls;
      }),
    );
  });
});

describe("needsStoredKeys", () => {
  it("is so for a document never seen and for a key never seen", () => {
    const known = withKeys(undefined, { byAgent: { planner: ONE } });
    expect(needsStoredKeys({ byAgent: { planner: ONE } }, undefined)).toBe(true);
    expect(needsStoredKeys({ byAgent: { planner: ONE } }, known)).toBe(false);
    expect(needsStoredKeys({ byAgent: { writer: ONE } }, known)).toBe(true);
    expect(needsStoredKeys({ credits: { byAgent: { writer: ONE } } }, known)).toBe(true);
  });

  it("is not so without maps, nor for a map that is full: the key goes to ~other either way", () => {
    expect(needsStoredKeys({ spent: 5 }, undefined)).toBe(false);
    expect(needsStoredKeys({ byAgent: { newcomer: ONE } }, grow("byAgent", 60).known)).toBe(false);
  });
});

/** A document to which keys came one by one, and what is known of its keys. */
function grow(name: string, count: number): { document: Counters; known: KnownKeys } {
  let document: Counters = {};
  let known: KnownKeys = NOTHING;
  for (let n = 0; n < count; n += 1) {
    const add = capKeys({ [name]: { [`agent-${n}`]: ONE } }, known);
    known = withKeys(known, add);
    document = addCounters(document, add);
  }
  return { document, known };
}

function callsIn(map: Counters): number {
  return Object.values(map).reduce<number>(
    (sum, value) => sum + Number((value as Counters).calls),
    0,
  );
}
