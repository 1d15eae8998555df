import { describe, expect, it } from "@jest/globals";
import { addTotals, NO_TOTALS, readTotals, thin, totalsCounters } from "./totals.ts";

const STORED = { calls: 2, requests: 2, costNanoUsd: 700, totalTokens: 9, classes: { input: 9 } };

describe("readTotals", () => {
  it("takes what is absent for 0", () => {
    expect(readTotals(undefined)).toEqual(NO_TOTALS);
    expect(readTotals(STORED)).toEqual({ ...NO_TOTALS, ...STORED });
  });

  it("refuses a sum that has left 2^53, for its last digits are not known", () => {
    expect(() => readTotals({ costNanoUsd: 2 ** 53 })).toThrow("costNanoUsd");
    expect(() => readTotals({ classes: { input: 2 ** 53 } })).toThrow("input");
  });
});

describe("addTotals", () => {
  it("adds every counter and every class", () => {
    const sum = addTotals(readTotals(STORED), readTotals({ calls: 1, classes: { output: 4 } }));
    expect(sum).toEqual({ ...NO_TOTALS, ...STORED, calls: 3, classes: { input: 9, output: 4 } });
  });

  it("keeps a class that cancels out as 0", () => {
    const back = readTotals({ classes: { input: -9 } });
    expect(addTotals(readTotals(STORED), back).classes).toEqual({ input: 0 });
  });

  it("throws instead of rounding", () => {
    const large = readTotals({ costNanoUsd: Number.MAX_SAFE_INTEGER });
    expect(() => addTotals(large, readTotals({ costNanoUsd: 1 }))).toThrow(RangeError);
  });
});

it("keeps four counters in thin maps", () => {
  expect(thin(readTotals(STORED))).toEqual({
    calls: 2,
    errors: 0,
    totalTokens: 9,
    costNanoUsd: 700,
  });
});

it("turns totals into a tree of increments, classes included", () => {
  expect(totalsCounters(readTotals(STORED))).toMatchObject({ calls: 2, classes: { input: 9 } });
});
