import { describe, expect, it } from "@jest/globals";
import { formatFigure, formatSpread, table } from "../../bench/markdown.ts";

describe("formatFigure", () => {
  it.each([
    [0, "0"],
    [0.012345, "0.0123"],
    [1.005, "1"],
    [12.345, "12.3"],
    [99.96, "100"],
    [1234.5, "1235"],
    [Number.NaN, "-"],
    [Number.POSITIVE_INFINITY, "-"],
  ])("writes %d as %s", (value, expected) => {
    expect(formatFigure(value)).toBe(expected);
  });
});

describe("formatSpread", () => {
  it("says a figure that never varied once", () => {
    expect(formatSpread({ median: 12.34, min: 12.34, max: 12.34 })).toBe("12.3");
  });

  it("puts the range of the rounds behind the median", () => {
    expect(formatSpread({ median: 12.34, min: 11.9, max: 140.4 })).toBe("12.3 (11.9 to 140)");
  });
});

describe("table", () => {
  it("pads its columns", () => {
    expect(table(["figure", "x"], [["p50", "1.25"]])).toBe(
      ["| figure | x    |", "| ------ | ---- |", "| p50    | 1.25 |"].join("\n"),
    );
  });
});
