import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { TokenClasses } from "../core/tokens.ts";
import { boundCost } from "./bound-cost.ts";
import { ratesOf } from "./rate-table.ts";
import { rateUsage } from "./rate-usage.ts";
import type { Rates, RateTable } from "./rates.ts";

function table(...tiers: [number, Rates][]): RateTable {
  return {
    model: "openai/m",
    priceVersion: "openai:m:2026-01-01",
    free: false,
    tiers: tiers.map(([fromInputTokens, rates]) => ({ fromInputTokens, rates })),
  };
}

const SOL = table(
  [0, ratesOf({ input: "4", cacheRead: "0.4", cacheWrite5m: "5", output: "20" })],
  [272_001, ratesOf({ input: "8", cacheRead: "0.8", cacheWrite5m: "10", output: "30" })],
);

const INPUT = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const;
const OUTPUT = ["output", "reasoning"] as const;

describe("boundCost", () => {
  it("takes each token at the dearest rate that it can get", () => {
    // 1 000 x 5 + 500 x 20 dollars per million
    expect(boundCost(SOL, { inputTokens: 1_000, outputTokens: 500 })).toEqual({
      classes: { input: 1_000, output: 500 },
      nanoUsd: 15_000_000,
    });
  });

  it.each([
    [272_000, 272_000 * 5_000 + 20_000],
    [272_001, 272_001 * 10_000 + 30_000],
  ])("reckons at %d input tokens with the tiers within reach", (inputTokens, nanoUsd) => {
    expect(boundCost(SOL, { inputTokens, outputTokens: 1 }).nanoUsd).toBe(nanoUsd);
  });

  it("keeps a dearer tier below in mind", () => {
    const falling = table([0, { input: 9e12 }], [100, { input: 1e12 }]);
    expect(boundCost(falling, { inputTokens: 100, outputTokens: 0 }).nanoUsd).toBe(900_000);
  });

  it("leaves audio out, for a text request has none", () => {
    const audio = table([
      0,
      ratesOf({ input: "2.5", audioIn: "40", output: "10", audioOut: "80" }),
    ]);
    expect(boundCost(audio, { inputTokens: 1_000, outputTokens: 100 }).nanoUsd).toBe(3_500_000);
  });

  it.each([
    [1, 1],
    [999_999_999, 1],
    [1_000_000_000, 1],
    [1_000_000_001, 2],
  ])("rounds %d attoUSD up to %d nanoUSD", (rate, nanoUsd) => {
    expect(
      boundCost(table([0, { input: rate }]), { inputTokens: 1, outputTokens: 0 }).nanoUsd,
    ).toBe(nanoUsd);
  });

  it("has no output for an embedding", () => {
    const embedding = table([0, ratesOf({ input: "0.02" })]);
    expect(boundCost(embedding, { inputTokens: 8_192, outputTokens: 0 })).toEqual({
      classes: { input: 8_192 },
      nanoUsd: 163_840,
    });
  });

  it("counts the tokens and no money when there is no price", () => {
    expect(boundCost(undefined, { inputTokens: 10, outputTokens: 20 })).toEqual({
      classes: { input: 10, output: 20 },
      nanoUsd: 0,
    });
  });

  it.each([-1, 0.5, Number.NaN])("refuses %d tokens", (tokens) => {
    expect(() => boundCost(SOL, { inputTokens: tokens, outputTokens: 0 })).toThrow("inputTokens");
    expect(() => boundCost(SOL, { inputTokens: 0, outputTokens: tokens })).toThrow("outputTokens");
  });

  it("is never below what a text request within it costs", () => {
    const rate = fc.integer({ min: 1, max: 200e12 });
    const rates = fc.record(
      Object.fromEntries([...INPUT, ...OUTPUT].map((name) => [name, rate])),
    ) as fc.Arbitrary<Rates>;
    const tiers = fc
      .uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 3 })
      .chain((edges) => {
        const starts = [0, ...edges.sort((a, b) => a - b)];
        return fc.tuple(
          ...starts.map((start) => rates.map((each): [number, Rates] => [start, each])),
        );
      });
    const counts = fc.array(fc.nat(1_000), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(
        tiers,
        counts,
        fc.nat(500),
        fc.nat(500),
        (rated, [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0], spareIn, spareOut) => {
          const priced = table(...rated);
          const classes: TokenClasses = {
            input: a,
            cacheRead: b,
            cacheWrite5m: c,
            cacheWrite1h: d,
            output: e,
            reasoning: f,
          };
          const bound = boundCost(priced, {
            inputTokens: a + b + c + d + spareIn,
            outputTokens: e + f + spareOut,
          });
          expect(rateUsage(priced, classes).costNanoUsd).toBeLessThanOrEqual(bound.nanoUsd);
        },
      ),
    );
  });
});
