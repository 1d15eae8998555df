import { describe, expect, it } from "@jest/globals";
import { NO_TOTALS } from "../ledger/totals.ts";
import { getSummary } from "./get-summary.ts";
import { memoryStore } from "./testing/memory-store.ts";
import { expectedTotals } from "./testing/oracle.ts";
import { sampleEntry } from "./testing/sample-entries.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const ALICE = { kind: "user", userId: "alice" } as const;
const EVERYONE = { kind: "everyone" } as const;

/** One call at noon of each day from 1 October to today; on the n-th it costs 2n nanoUSD. */
const ENTRIES = Array.from({ length: 53 }, (_, index) => {
  const startedAt = new Date(Date.UTC(2026, 9, 1 + index, 12));
  return sampleEntry({
    n: index,
    startedAt,
    inputCostNanoUsd: 2 * startedAt.getUTCDate(),
    model: `openai/model-${index % 7}`,
    agent: index % 2 ? "tutor" : null,
    isEstimated: index === 52,
  });
});
const NOVEMBER = ENTRIES.slice(31);

describe.each([
  ["a user", ALICE, 2],
  ["everybody", EVERYONE, 53],
] as const)("the summary of %s", (_, scope, documentsRead) => {
  const summary = () => getSummary(memoryStore(ENTRIES), scope, NOW_MS);

  it("counts the month to date", async () => {
    expect(await summary()).toMatchObject({
      month: "2026-11",
      from: "2026-11-01T00:00:00.000Z",
      to: "2026-11-23T00:00:00.000Z",
      totals: expectedTotals(NOVEMBER),
      today: expectedTotals(NOVEMBER.slice(-1)),
      paid: { calls: 22, tokens: 330, costNanoUsd: 506 },
      estimated: { calls: 1 },
      source: "aggregate",
      documentsRead,
    });
  });

  it("compares complete days with as many of the month before", async () => {
    expect((await summary()).before).toEqual({
      from: "2026-10-01T00:00:00.000Z",
      to: "2026-10-22T00:00:00.000Z",
      totals: expectedTotals(ENTRIES.slice(0, 21)),
      against: {
        from: "2026-11-01T00:00:00.000Z",
        to: "2026-11-22T00:00:00.000Z",
        totals: expectedTotals(NOVEMBER.slice(0, 21)),
      },
    });
  });

  it("foretells the month at the pace of the last 7 complete days", async () => {
    const remainingDays = 8.5;
    expect((await summary()).forecast).toEqual({
      costNanoUsd: 506 + 36 * remainingDays,
      minNanoUsd: 506 + 30 * remainingDays,
      maxNanoUsd: 506 + 42 * remainingDays,
      days: 7,
    });
  });

  it("names the 5 dearest models and sums up the others", async () => {
    const { topModels, topAgents, totals } = await summary();
    expect(topModels).toHaveLength(6);
    expect(topModels.at(-1)?.key).toBe("~other");
    expect(topModels.reduce((sum, group) => sum + group.totals.calls, 0)).toBe(totals.calls);
    expect(topAgents.map(({ key }) => key).sort()).toEqual(["tutor", "~none"]);
  });
});

describe("the summary of someone new", () => {
  const since = (day: number) => ENTRIES.filter((entry) => entry.day >= `2026-11-${day}`);

  it("is zero without any usage", async () => {
    expect(await getSummary(memoryStore([]), ALICE, NOW_MS)).toMatchObject({
      totals: NO_TOTALS,
      today: NO_TOTALS,
      forecast: null,
      topModels: [],
    });
  });

  it.each([20, 19])(
    "has a forecast from the third complete day on, first call on the %ith",
    async (day) => {
      const { forecast, totals } = await getSummary(memoryStore(since(day)), ALICE, NOW_MS);
      if (day === 20) expect(forecast).toBeNull();
      else expect(forecast).toMatchObject({ days: 3, minNanoUsd: totals.costNanoUsd + 38 * 8.5 });
    },
  );
});

describe("the summary on the first of a month", () => {
  it("has nothing to compare, and foretells by the days of the month before", async () => {
    const firstMs = Date.UTC(2026, 10, 1, 12);
    const summary = await getSummary(memoryStore(ENTRIES.slice(0, 32)), ALICE, firstMs);
    expect(summary).toMatchObject({ before: null, totals: { costNanoUsd: 2 } });
    expect(summary.forecast).toMatchObject({ days: 7, costNanoUsd: 2 + 56 * 29.5 });
  });
});
