import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { divideHalfEven } from "../core/money.ts";
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

const MINI = table({ input: 150_000, cacheRead: 75_000, output: 600_000, reasoning: 600_000 });

const anyRates = fc.record(
  Object.fromEntries(TOKEN_CLASSES.map((name) => [name, fc.integer({ min: 1, max: 600_000_000 })])),
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
    ["2499 picoUSD", { input: 2_499 }, 2],
    ["a tie above an even number", { input: 2_500 }, 2],
    ["2501 picoUSD", { input: 2_501 }, 3],
    ["a tie above an odd number", { input: 3_500 }, 4],
    ["half a nano-dollar", { input: 500 }, 0],
    ["a little more than half", { input: 501 }, 1],
    ["the sum, not its parts: 400 + 400", { input: 400, output: 400 }, 1],
    ["the sum, not its parts: 600 + 600", { input: 600, output: 600 }, 1],
  ])("rounds %s once", (_what, rates, nanoUsd) => {
    const classes = "output" in rates ? { input: 1, output: 1 } : { input: 1 };
    expect(rateUsage(table(rates), classes).costNanoUsd).toBe(nanoUsd);
  });

  it("lets the output part be what the input part leaves of the total", () => {
    expect(rateUsage(table({ input: 600, output: 600 }), { input: 1, output: 1 })).toMatchObject({
      costNanoUsd: 1,
      inputCostNanoUsd: 1,
      outputCostNanoUsd: 0,
    });
  });

  describe("picks the context tier", () => {
    const tiered = table(
      { input: 5_000_000, cacheRead: 500_000, output: 30_000_000 },
      {
        fromInputTokens: 272_001,
        rates: { input: 10_000_000, cacheRead: 1_000_000, output: 45_000_000 },
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

  it("stays exact on both sides of 2^53 picoUSD, and refuses what no longer fits", () => {
    const tokens = Number.MAX_SAFE_INTEGER; // 9 007 199 254 740 991
    expect(rateUsage(table({ input: 1 }), { input: tokens }).costNanoUsd).toBe(9_007_199_254_741);
    expect(rateUsage(table({ input: 3 }), { input: tokens }).costNanoUsd).toBe(27_021_597_764_223);
    expect(rateUsage(table({ input: 1_000 }), { input: tokens }).costNanoUsd).toBe(tokens);
    expect(() => rateUsage(table({ input: 1_001 }), { input: tokens })).toThrow("costNanoUsd");
  });

  it("is the exact sum, rounded once, whatever the size", () => {
    const huge = fc.dictionary(fc.constantFrom(...TOKEN_CLASSES), fc.nat(2 ** 31 - 1));
    fc.assert(
      fc.property(anyRates, fc.oneof(anyClasses, huge), (rates, classes) => {
        let pico = 0n;
        for (const name of TOKEN_CLASSES)
          pico += BigInt(classes[name] ?? 0) * BigInt(rates[name] ?? 0);
        const nano = divideHalfEven(pico, 1_000n);
        if (nano > BigInt(Number.MAX_SAFE_INTEGER)) return;
        expect(BigInt(rateUsage(table(rates), classes).costNanoUsd)).toBe(nano);
      }),
    );
  });

  it("adds up: lines to the total, tokens to the tokens, input and output to the cost", () => {
    fc.assert(
      fc.property(anyRates, anyClasses, (rates, classes) => {
        const cost = rateUsage(table(rates), classes);
        const picoOfLines = cost.lines.reduce(
          (sum, { amountUsd }) => sum + picoOfDecimal(amountUsd),
          0n,
        );
        expect(divideHalfEven(picoOfLines, 1_000n)).toBe(BigInt(cost.costNanoUsd));
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

/** "0.0000768" -> 76 800 000 picoUSD */
function picoOfDecimal(usd: string): bigint {
  const [whole = "", fraction = ""] = usd.split(".");
  return BigInt(whole + fraction.padEnd(12, "0"));
}
