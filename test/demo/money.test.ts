import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  alignDecimals,
  duration,
  exactUsd,
  percent,
  tableUsd,
  tokenCount,
} from "../../tools/demo/money.ts";

describe("money in a table", () => {
  it.each([
    [0, "$0.00"],
    [1, "$0.000000001"],
    [12_000, "$0.000012"],
    [204_000, "$0.0002"],
    [9_400_000, "$0.0094"],
    [9_949_999, "$0.0099"],
    [9_999_999, "$0.01"],
    [10_000_000, "$0.01"],
    [4_400_000_000, "$4.40"],
    [1_085_950_000_000, "$1,085.95"],
    [9_007_199_254_740_991, "$9,007,199.25"],
    [-204_000, "-$0.0002"],
    [-4_400_000_000, "-$4.40"],
  ])("shows %d nanoUSD as %s", (nanoUsd, text) => {
    expect(tableUsd(nanoUsd)).toBe(text);
  });

  it("shows nothing but zero as zero", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (nanoUsd) => {
        expect(tableUsd(nanoUsd)).not.toBe("$0.00");
      }),
    );
  });
});

describe("exact money", () => {
  it.each([
    [0, "$0.00"],
    [1, "$0.000000001"],
    [155_400, "$0.0001554"],
    [4_400_000_000, "$4.40"],
    [9_007_199_254_740_991, "$9,007,199.254740991"],
    [-1, "-$0.000000001"],
  ])("shows every digit of %d nanoUSD: %s", (nanoUsd, text) => {
    expect(exactUsd(nanoUsd)).toBe(text);
  });

  it("loses nothing", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (nanoUsd) => {
        const [whole = "", fraction = ""] = exactUsd(nanoUsd).replace(/[$,]/g, "").split(".");
        expect(BigInt(whole + fraction.padEnd(9, "0"))).toBe(BigInt(nanoUsd));
      }),
    );
  });
});

describe("a column of amounts", () => {
  it("has its decimal points below each other when it is flush right", () => {
    expect(alignDecimals(["$1.20", "$0.0094", "", "Free"])).toEqual([
      "$1.20  ",
      "$0.0094",
      "     ",
      "Free     ",
    ]);
  });
});

describe("other figures", () => {
  it.each([
    [0, "0"],
    [9_999, "9,999"],
    [10_000, "10K"],
    [182_361, "182K"],
    [1_234_567, "1.23M"],
  ])("show %d tokens as %s", (tokens, text) => {
    expect(tokenCount(tokens)).toBe(text);
  });

  it.each([
    [0, "<0.1 %"],
    [1, "0.1 %"],
    [333, "33.3 %"],
    [1_000, "100.0 %"],
  ])("show %d per mille as %s", (perMille, text) => {
    expect(percent(perMille)).toBe(text);
  });

  it.each([
    [0.4, "0 ms"],
    [312, "312 ms"],
    [999.7, "1.0 s"],
    [1_240, "1.2 s"],
    [65_540, "65.5 s"],
  ])("show %d ms as %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
