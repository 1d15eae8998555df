import { describe, expect, it } from "@jest/globals";
import { NO_TOTALS, type Totals } from "../ledger/totals.ts";
import { sumOf, topGroups } from "./tally.ts";

function costing(costNanoUsd: number, totalTokens = 0): Totals {
  return { ...NO_TOTALS, costNanoUsd, totalTokens };
}

describe("the top groups", () => {
  it("stand by cost, then tokens, then name", () => {
    const groups = new Map([
      ["d", costing(1, 5)],
      ["b", costing(1, 9)],
      ["a", costing(1, 5)],
      ["c", costing(2)],
    ]);
    expect(topGroups(groups, 5).map(({ key }) => key)).toEqual(["c", "b", "a", "d"]);
  });

  it("leave out what corrections have taken back to nothing", () => {
    const groups = new Map([
      ["~unknown", costing(0)],
      ["a", costing(1)],
      ["b", { ...costing(0), calls: 1 }],
    ]);
    expect(topGroups(groups, 5).map(({ key }) => key)).toEqual(["a", "b"]);
  });

  it("leave the rest to ~other, with what was there already, and last", () => {
    const groups = new Map([
      ["~other", costing(100)],
      ["a", costing(3)],
      ["b", costing(2)],
      ["c", costing(1)],
    ]);
    expect(topGroups(groups, 1)).toEqual([
      { key: "a", totals: costing(3) },
      { key: "~other", totals: costing(103) },
    ]);
  });
});

describe("a sum", () => {
  it("beyond 2^53 is an error, never a rounding", () => {
    expect(sumOf([costing(Number.MAX_SAFE_INTEGER - 1), costing(1)]).costNanoUsd).toBe(
      Number.MAX_SAFE_INTEGER,
    );
    expect(() => sumOf([costing(Number.MAX_SAFE_INTEGER), costing(1)])).toThrow(RangeError);
  });
});
