import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { alertIdsOf, alertsDue } from "./alert.ts";
import { sampleBudget, sampleWindow } from "./testing/sample-budget.ts";

const NOW = new Date("2026-11-22T14:00:00Z");
const DOLLAR = 1_000_000_000;
/** 5 dollars a month, at 80 and 100 %. */
const budget = sampleBudget();
const ID = "user:alice:usd:month_2026-11";

describe("alertsDue", () => {
  it.each([
    [4 * DOLLAR - 1, []],
    [4 * DOLLAR, [800]],
    [4 * DOLLAR + 1, [800]],
    [5 * DOLLAR - 1, [800]],
    [5 * DOLLAR, [1_000, 800]],
    [50 * DOLLAR, [1_000, 800]],
  ])("at %d nanoUSD of 5 dollars reaches %j per mille", (spent, thresholds) => {
    expect(due(spent).map((alert) => alert.thresholdPerMille)).toEqual(thresholds);
  });

  it("says what was spent, of what, by whom, until when", () => {
    expect(due(4.2 * DOLLAR, { held: 100 })).toEqual([
      {
        alertId: `${ID}_800_5000000000`,
        type: "budget_threshold",
        severity: "warning",
        budgetId: "user:*:usd:month",
        budgetName: null,
        windowId: ID,
        scope: "user",
        scopeId: "alice",
        userId: "alice",
        unit: "usd",
        window: "month",
        period: "2026-11",
        thresholdPerMille: 800,
        spent: 4_200_000_000,
        held: 100,
        limit: 5_000_000_000,
        left: 799_999_900,
        percentUsed: 84,
        resetsAt: new Date("2026-12-01T00:00:00Z"),
        enforcement: "alert",
        createdAt: NOW,
        publishedAt: null,
        supersededBy: null,
        deliveries: [],
        acknowledgedBy: null,
        acknowledgedAt: null,
        expireAt: new Date("2028-01-05T00:00:00Z"),
      },
    ]);
  });

  it("makes one message of two thresholds that are reached at once", () => {
    const [exceeded, threshold] = due(5 * DOLLAR);
    expect(exceeded).toMatchObject({
      type: "budget_exceeded",
      severity: "critical",
      left: 0,
      percentUsed: 100,
      publishedAt: null,
      supersededBy: null,
    });
    expect(threshold).toMatchObject({
      type: "budget_threshold",
      publishedAt: NOW,
      supersededBy: exceeded?.alertId,
    });
  });

  it("repeats none that is there", () => {
    const existing = new Set([`${ID}_800_5000000000`]);
    expect(due(4.5 * DOLLAR, {}, existing)).toEqual([]);
    expect(due(5 * DOLLAR, {}, existing).map((a) => a.thresholdPerMille)).toEqual([1_000]);
  });

  it("alerts anew when the limit was raised and is reached again", () => {
    const existing = new Set(alertIdsOf(budget, sampleWindow(budget, "2026-11")));
    const raised = { ...budget, limit: 10 * DOLLAR };
    const window = sampleWindow(budget, "2026-11", { spent: 8 * DOLLAR });
    expect(alertsDue(raised, window, existing, NOW).map((a) => a.alertId)).toEqual([
      `${ID}_800_10000000000`,
    ]);
  });

  it("alerts at once when the limit was lowered below what is spent", () => {
    const lowered = { ...budget, limit: DOLLAR };
    const window = sampleWindow(budget, "2026-11", { spent: 2 * DOLLAR });
    expect(alertsDue(lowered, window, new Set(), NOW)[0]).toMatchObject({
      type: "budget_exceeded",
      percentUsed: 200,
    });
  });

  it("never rounds up to 100 percent", () => {
    expect(due(5 * DOLLAR - 1)[0]?.percentUsed).toBe(99.9);
  });

  it("has no reset and keeps its alert 400 days for a lifetime", () => {
    const lifetime = sampleBudget({ window: "lifetime", limit: 10 });
    const window = sampleWindow(lifetime, "all", { spent: 10, expireAt: null });
    expect(alertsDue(lifetime, window, new Set(), NOW)[0]).toMatchObject({
      resetsAt: null,
      expireAt: new Date("2027-12-27T14:00:00Z"),
    });
  });

  it("has distinct ids for every threshold and limit", () => {
    const ids = [5, 10].flatMap((limit) => alertIdsOf({ ...budget, limit }, { windowId: ID }));
    expect(new Set(ids).size).toBe(4);
  });

  it("is exact up to 2^53, where floats are not", () => {
    const amount = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const limit = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(amount, limit, fc.integer({ min: 1, max: 10_000 }), (spent, top, perMille) => {
        const one = { ...budget, limit: top, thresholdsPerMille: [perMille] };
        const window = sampleWindow(budget, "2026-11", { spent });
        const isReached = BigInt(spent) * 1_000n >= BigInt(top) * BigInt(perMille);
        return (alertsDue(one, window, new Set(), NOW).length === 1) === isReached;
      }),
    );
  });
});

function due(spent: number, more = {}, existing: ReadonlySet<string> = new Set()) {
  const window = sampleWindow(budget, "2026-11", { spent, ...more });
  return alertsDue(budget, window, existing, NOW);
}
