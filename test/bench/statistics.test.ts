import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { median, percentile, ratioOf, spread } from "../../bench/statistics.ts";

const figures = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });

describe("percentile", () => {
  it.each([
    [0, 10],
    [25, 10],
    [26, 20],
    [50, 20],
    [99, 40],
    [100, 40],
  ])("takes the nearest rank: p%d of 10, 20, 30, 40 is %d", (percent, expected) => {
    expect(percentile([40, 10, 30, 20], percent)).toBe(expected);
  });

  it("orders numbers as numbers", () => {
    expect(percentile([9, 100, 10], 100)).toBe(100);
  });

  it("is a value that was measured, above so many per cent of them", () => {
    fc.assert(
      fc.property(figures, fc.integer({ min: 0, max: 100 }), (values, percent) => {
        const found = percentile(values, percent);
        const atMost = values.filter((value) => value <= found).length;
        expect(values).toContain(found);
        expect(atMost / values.length).toBeGreaterThanOrEqual(percent / 100);
      }),
    );
  });

  it("refuses to say anything of no values, and what is no percentage", () => {
    expect(() => percentile([], 50)).toThrow(RangeError);
    expect(() => percentile([1], 101)).toThrow(RangeError);
  });
});

describe("median", () => {
  it("takes the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it("leaves the values in their order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("refuses no values", () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe("spread", () => {
  it("is the median and what the values lie between", () => {
    expect(spread([5, 1, 9])).toEqual({ median: 5, min: 1, max: 9 });
  });
});

describe("ratioOf", () => {
  it("divides round by round before it takes the median", () => {
    expect(ratioOf([2, 8, 30], [1, 2, 10])).toEqual({ median: 3, min: 2, max: 4 });
  });

  it("refuses sides of different lengths", () => {
    expect(() => ratioOf([1], [1, 2])).toThrow(RangeError);
  });
});
