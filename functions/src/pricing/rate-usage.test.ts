import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ATTO_PER_NANO, divideHalfEven } from "../core/money.ts";
import { TOKEN_CLASSES, type TokenClasses, totalTokens } from "../core/tokens.ts";
import { rateUsage } from "./rate-usage.ts";
import type { Rates, RateTable } from "./rates.ts";

function table(rates: Rates, ...more: { fromInputTokens: number; rates: Rates }[]): RateTable {
  return {
    model: "openai/m",
    priceVersion: "openai:m:2026-01-01",
    free: false,
    tiers: [{ fromInputTokens: 0, rates }, ...more],
  };
}

const MINI = table({ input: 0.15e12, cacheRead: 0.075e12, output: 0.6e12, reasoning: 0.6e12 });

const anyRates = fc.record(
  Object.fromEntries(TOKEN_CLASSES.map((name) => [name, fc.integer({ min: 1, max: 600e12 })])),
) as fc.Arbitrary<Rates>;
const anyClasses: fc.Arbitrary<TokenClasses> = fc.dictionary(
  fc.constantFrom(...TOKEN_CLASSES),
  fc.nat(2_000_000),
);

describe("rateUsage", () => {
  it("bills each class at its rate and shows how", () => {
    expect(rateUsage(MINI, { input: 180, cacheRead: 1_024, output: 86 })).toEqual({
      costNanoUsd: 155_400,
      inputCostNanoUsd: 103_800,
      outputCostNanoUsd: 51_600,
      priceStatus: "priced",
      priceVersion: "openai:m:2026-01-01",
      lines: [
        { class: "input", tokens: 180, usdPerMillion: "0.15", amountUsd: "0.000027" },
        { class: "cacheRead", tokens: 1_024, usdPerMillion: "0.075", amountUsd: "0.0000768" },
        { class: "output", tokens: 86, usdPerMillion: "0.60", amountUsd: "0.0000516" },
      ],
    });
  });

  it("writes no line for a class without tokens", () => {
    expect(rateUsage(MINI, { input: 1, output: 0 }).lines.map((line) => line.class)).toEqual([
      "input",
    ]);
  });

  it("costs nothing without tokens, at a known price", () => {
    expect(rateUsage(MINI, {})).toMatchObject({ costNanoUsd: 0, priceStatus: "priced", lines: [] });
  });

  it.each([
    ["an attoUSD less than 2.5 nanoUSD", { input: 2_499_999_999 }, 2],
    ["a tie above an even number", { input: 2.5e9 }, 2],
    ["an attoUSD more than 2.5 nanoUSD", { input: 2_500_000_001 }, 3],
    ["a tie above an odd number", { input: 3.5e9 }, 4],
    ["half a nano-dollar", { input: 0.5e9 }, 0],
    ["a little more than half", { input: 500_000_001 }, 1],
    ["the sum, not its parts: 0.4 + 0.4", { input: 0.4e9, output: 0.4e9 }, 1],
    ["the sum, not its parts: 0.6 + 0.6", { input: 0.6e9, output: 0.6e9 }, 1],
    ["a twelfth and a twenty-fourth of it", { input: 83_333_333, output: 41_666_667 }, 0],
  ])("rounds %s once", (_what, rates, nanoUsd) => {
    const classes = "output" in rates ? { input: 1, output: 1 } : { input: 1 };
    expect(rateUsage(table(rates), classes).costNanoUsd).toBe(nanoUsd);
  });

  it("lets the output part be what the input part leaves of the total", () => {
    expect(
      rateUsage(table({ input: 0.6e9, output: 0.6e9 }), { input: 1, output: 1 }),
    ).toMatchObject({
      costNanoUsd: 1,
      inputCostNanoUsd: 1,
      outputCostNanoUsd: 0,
    });
  });

  describe("picks the context tier", () => {
    const tiered = table(
      { input: 5e12, cacheRead: 0.5e12, output: 30e12 },
      {
        fromInputTokens: 272_001,
        rates: { input: 10e12, cacheRead: 1e12, output: 45e12 },
      },
    );

    it.each([
      [271_999, 271_999 * 5_000 + 30_000],
      [272_000, 272_000 * 5_000 + 30_000],
      [272_001, 272_001 * 10_000 + 45_000],
    ])("of %d input tokens for all of them", (input, nanoUsd) => {
      expect(rateUsage(tiered, { input, output: 1 }).costNanoUsd).toBe(nanoUsd);
    });

    it("by all input tokens, cached ones included, and by no output token", () => {
      expect(rateUsage(tiered, { input: 1, cacheRead: 272_000 }).costNanoUsd).toBe(
        10_000 + 272_000 * 1_000,
      );
      expect(rateUsage(tiered, { input: 1, output: 300_000 }).costNanoUsd).toBe(
        5_000 + 300_000 * 30_000,
      );
    });

    it("or fails when there is none, rather than guess", () => {
      const broken = { ...tiered, tiers: tiered.tiers.slice(1) };
      expect(() => rateUsage(broken, { input: 1 })).toThrow("has no rates for 1 input tokens");
    });
  });

  describe("calls unpriced", () => {
    const unpriced = {
      costNanoUsd: 0,
      inputCostNanoUsd: 0,
      outputCostNanoUsd: 0,
      priceStatus: "unpriced",
      priceVersion: null,
      lines: [],
    };

    it("a model without a price, with tokens or without", () => {
      expect(rateUsage(undefined, { input: 10, output: 10 })).toEqual(unpriced);
      expect(rateUsage(undefined, {})).toEqual(unpriced);
    });

    it.each(["audioIn", "audioCacheRead", "cacheWrite1h", "audioOut"] as const)(
      "usage with %s tokens that have no rate, and nothing of it is billed",
      (name) => {
        expect(rateUsage(MINI, { input: 10, [name]: 1 })).toEqual(unpriced);
        expect(rateUsage(MINI, { input: 10, [name]: 0 }).priceStatus).toBe("priced");
      },
    );
  });

  it("shows free usage as free, with its tokens", () => {
    const rates = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, 0]));
    const cost = rateUsage({ ...table(rates), free: true }, { input: 10, audioOut: 5 });
    expect(cost).toMatchObject({
      costNanoUsd: 0,
      priceStatus: "free",
      priceVersion: "openai:m:2026-01-01",
    });
    expect(cost.lines.map(({ tokens, amountUsd }) => [tokens, amountUsd])).toEqual([
      [10, "0.00"],
      [5, "0.00"],
    ]);
  });

  it.each([-1, 0.5, Number.NaN])("refuses %d tokens", (tokens) => {
    for (const name of TOKEN_CLASSES) {
      expect(() => rateUsage(MINI, { [name]: tokens })).toThrow(`classes.${name}`);
      if (name === "input") expect(() => rateUsage(undefined, { [name]: tokens })).toThrow(name);
    }
  });

  it("writes what is no whole number of nano-dollars with all its decimals", () => {
    const cost = rateUsage(table({ input: 1, cacheWrite5m: 83_333_333_333 }), {
      input: 1,
      cacheWrite5m: 1_000_000,
    });
    expect(cost.costNanoUsd).toBe(83_333_333);
    expect(cost.lines.map(({ usdPerMillion, amountUsd }) => [usdPerMillion, amountUsd])).toEqual([
      ["0.000000000001", "0.000000000000000001"],
      ["0.083333333333", "0.083333333333"],
    ]);
  });

  it("stays exact on both sides of 2^53 attoUSD and nanoUSD, and refuses what no longer fits", () => {
    const tokens = Number.MAX_SAFE_INTEGER; // 9 007 199 254 740 991
    expect(rateUsage(table({ input: 1 }), { input: tokens }).costNanoUsd).toBe(9_007_199);
    expect(rateUsage(table({ input: 3 }), { input: tokens }).costNanoUsd).toBe(27_021_598);
    expect(rateUsage(table({ input: 1e9 }), { input: tokens }).costNanoUsd).toBe(tokens);
    expect(() => rateUsage(table({ input: 1e9 + 1 }), { input: tokens })).toThrow("costNanoUsd");
    expect(() =>
      rateUsage(table({ input: 1e9, output: 0.5e9 }), { input: tokens, output: 1 }),
    ).toThrow("costNanoUsd");
  });

  it("is the exact sum, rounded once, whatever the size", () => {
    const huge = fc.dictionary(fc.constantFrom(...TOKEN_CLASSES), fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(anyRates, fc.oneof(anyClasses, huge), (rates, classes) => {
        let atto = 0n;
        for (const name of TOKEN_CLASSES)
          atto += BigInt(classes[name] ?? 0) * BigInt(rates[name] ?? 0);
        const nano = divideHalfEven(atto, ATTO_PER_NANO);
        if (nano > BigInt(Number.MAX_SAFE_INTEGER)) return;
        expect(BigInt(rateUsage(table(rates), classes).costNanoUsd)).toBe(nano);
      }),
    );
  });

  it("adds up: lines to the total, tokens to the tokens, input and output to the cost", () => {
    fc.assert(
      fc.property(anyRates, anyClasses, (rates, classes) => {
        const cost = rateUsage(table(rates), classes);
        const attoOfLines = cost.lines.reduce(
          (sum, { amountUsd }) => sum + attoOfDecimal(amountUsd),
          0n,
        );
        expect(divideHalfEven(attoOfLines, ATTO_PER_NANO)).toBe(BigInt(cost.costNanoUsd));
        expect(cost.lines.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(totalTokens(classes));
        expect(cost.inputCostNanoUsd + cost.outputCostNanoUsd).toBe(cost.costNanoUsd);
        expect(Math.min(cost.inputCostNanoUsd, cost.outputCostNanoUsd)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("never falls when a class grows", () => {
    fc.assert(
      fc.property(
        anyRates,
        anyClasses,
        fc.constantFrom(...TOKEN_CLASSES),
        fc.nat(5_000),
        (rates, classes, name, more) => {
          const grown = { ...classes, [name]: (classes[name] ?? 0) + more };
          const [before, after] = [classes, grown].map(
            (each) => rateUsage(table(rates), each).costNanoUsd,
          );
          expect(after).toBeGreaterThanOrEqual(before ?? Number.NaN);
        },
      ),
    );
  });

  it("differs by one nano-dollar at most when a call is split in two", () => {
    fc.assert(
      fc.property(anyRates, anyClasses, anyClasses, (rates, one, other) => {
        const both = Object.fromEntries(
          TOKEN_CLASSES.map((name) => [name, (one[name] ?? 0) + (other[name] ?? 0)]),
        );
        const [whole = 0, first = 0, second = 0] = [both, one, other].map(
          (classes) => rateUsage(table(rates), classes).costNanoUsd,
        );
        expect(Math.abs(first + second - whole)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

/** "0.0000768" -> 76 800 000 000 000 attoUSD */
function attoOfDecimal(usd: string): bigint {
  const [whole = "", fraction = ""] = usd.split(".");
  return BigInt(whole + fraction.padEnd(18, "0"));
}
