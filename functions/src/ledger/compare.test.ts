import { describe, expect, it } from "@jest/globals";
import { MAP_CAPS, OTHER_KEY } from "./caps.ts";
import { comparableOf, isSealed } from "./comparable.ts";
import { COMPARED } from "./compare-port.ts";
import { contributionsOf } from "./contributions.ts";
import { areNone, differencesOf } from "./differences.ts";
import { NOTHING } from "./expected.ts";
import { planRepair } from "./repair.ts";
import { SHAPES, sumFieldsOf } from "./shape.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";

const NOW_MS = Date.parse("2026-11-24T12:00:00Z");
const at = (iso: string) => Date.parse(iso);

describe("what a document is about", () => {
  it("is said by its id, whatever its fields say", () => {
    expect(comparableOf("usage_monthly", "a%5Fb_2026-11", { userId: "x" })?.summed).toEqual({
      lead: "user",
      values: ["a_b"],
      fromDay: "2026-11-01",
      beforeDay: "2026-12-01",
    });
    expect(comparableOf("usage_daily", "7_2026-11-30", undefined)?.summed).toEqual({
      lead: "shard",
      values: [7],
      fromDay: "2026-11-30",
      beforeDay: "2026-12-01",
    });
    expect(comparableOf("usage_sessions", "ann_s%2F1", {})?.folded.values).toEqual(["ann", "s/1"]);
  });

  it("is said by its fields where the id is hashed, and by nothing without them", () => {
    const id = "%hash-abc_2026-11";
    expect(comparableOf("usage_monthly", id, { userId: "long" })?.summed?.values).toEqual(["long"]);
    expect(() => comparableOf("usage_monthly", id, {})).toThrow("nothing says");
    expect(() => comparableOf("budget_windows", "odd_2026-11", {})).toThrow("not named like");
  });

  it("is every late booking too for a window, its minute alone for one of a minute, nothing for a lifetime", () => {
    expect(comparableOf("budget_windows", "org:acme:usd:day_2026-11-22", {})).toMatchObject({
      unit: "usd",
      summed: { lead: "org", values: ["acme"], fromDay: "2026-11-22", beforeDay: "2026-11-23" },
      folded: { fromDay: "2026-11-22", beforeDay: "9999" },
    });
    const minute = comparableOf("budget_windows", "user:a:usd:minute_2026-11-22T14:03", {});
    const startMs = at("2026-11-22T14:03:00Z");
    expect(minute).toMatchObject({
      summed: undefined,
      folded: { fromDay: "2026-11-22", startedMs: [startMs, startMs + 60_000] },
    });
    expect(comparableOf("budget_windows", "user:a:usd:lifetime_all", {})).toBeUndefined();
  });

  it.each([
    ["usage_monthly", "a_2026-11", "2026-12-09T00:00:00Z"],
    ["usage_daily", "0_2026-11-22", "2026-12-01T00:00:00Z"],
    ["budget_windows", "user:a:usd:day_2026-11-22", "2026-12-01T00:00:00Z"],
    ["budget_windows", "user:a:usd:minute_2026-11-22T14:03", "2026-11-23T14:04:00Z"],
    ["usage_sessions", "a_s", "2026-12-29T12:00:00Z"],
  ] as const)("is sealed: %s/%s from %s on", (collection, id, sealedFrom) => {
    const fields = { firstAtMs: NOW_MS };
    const comparable = comparableOf(collection, id, fields);
    if (!comparable) throw new Error("it is compared");
    expect(isSealed(comparable, fields, at(sealedFrom) - 1)).toBe(false);
    expect(isSealed(comparable, fields, at(sealedFrom))).toBe(true);
  });
});

describe("the fields that are compared", () => {
  it.each(COMPARED)("are those that entries add to in %s", (collection) => {
    const hold = sampleHold({
      requestId: "r",
      nonce: "n",
      startedAtMs: NOW_MS,
      attribution: { sessionId: "s" },
    });
    const entry = { ...sampleDraft(hold, { input: 1 }), shard: 0 };
    const own = contributionsOf(entry).find(({ doc }) => doc.collection === collection);
    if (own) expect(sumFieldsOf(collection).toSorted()).toEqual(Object.keys(own.add).sort());
    else expect(SHAPES[collection].others).toEqual(["spent", "held"]);
  });
});

describe("a map that is full", () => {
  const due = {
    ...NOTHING,
    add: { byAgent: { a: { calls: 5 }, b: { calls: 2 }, c: { calls: 1 } } },
  };

  it("is right when its keys come to the same, wherever they were counted", () => {
    const stored = { byAgent: { a: { calls: 4 }, [OTHER_KEY]: { calls: 4 } } };
    expect(areNone(differencesOf("usage_sessions", stored, due, NOTHING))).toBe(true);
  });

  it("gets what it lacks under ~other", () => {
    const stored = { byAgent: { a: { calls: 1 }, [OTHER_KEY]: { calls: 3 } } };
    const { add, put } = differencesOf("usage_sessions", stored, due, NOTHING);
    expect({ add, put }).toEqual({ add: { byAgent: { [OTHER_KEY]: { calls: 4 } } }, put: {} });
  });

  it("stays within its cap when it is made anew", () => {
    const agents = Array.from({ length: 60 }, (_, n) => [`a${n}`, { calls: 1 }] as const);
    const whole = { ...NOTHING, add: { byAgent: Object.fromEntries(agents) } };
    const { add } = differencesOf("usage_sessions", {}, whole, NOTHING);
    expect(Object.keys(add.byAgent as object)).toHaveLength(MAP_CAPS.byAgent as number);
    expect(add.byAgent).toMatchObject({ [OTHER_KEY]: { calls: 11 } });
  });
});

describe("a repair", () => {
  it("is cut so that no commit has more than 400 increments", () => {
    const byDay = Object.fromEntries(
      Array.from({ length: 900 }, (_, n) => [`d${n}`, { calls: 1 }] as const),
    );
    const doc = { collection: "usage_monthly", id: "a_2026-11" } as const;
    const differences = { add: { byDay }, min: {}, max: {}, put: {} };
    const steps = planRepair({ doc, stored: undefined, set: {}, differences }, new Date(NOW_MS));
    expect(steps.map(({ leaves }) => leaves.length)).toEqual([400, 400, 100]);
  });

  it("puts right what is no number as of the version that was read, before it adds", () => {
    const stored = {
      fields: { totals: { calls: "12" }, byDay: { d: { calls: 1 } } },
      version: "7",
    };
    const whole = { ...NOTHING, add: { totals: { calls: 12 }, byDay: { d: { calls: 2 } } } };
    const doc = { collection: "usage_monthly", id: "a_2026-11" } as const;
    const differences = differencesOf("usage_monthly", stored.fields, whole, NOTHING);
    const steps = planRepair({ doc, stored, set: {}, differences }, new Date(NOW_MS));
    expect(steps.map(({ write }) => write)).toMatchObject([
      { kind: "update", fields: { totals: { calls: 12 } }, version: "7" },
      { kind: "add", add: { byDay: { d: { calls: 1 } } } },
    ]);
    expect(steps[0]?.leaves).toMatchObject([{ leaf: "totals", was: '{"calls":"12"}' }]);
  });
});
