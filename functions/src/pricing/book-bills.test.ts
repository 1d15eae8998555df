import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ATTO_PER_NANO } from "../core/money.ts";
import { TOKEN_CLASSES, type TokenClass, type TokenClasses } from "../core/tokens.ts";
import type { BookModel, BookPrice, BookRateSet } from "./book/schema.ts";
import { BOOK_FILES, PRICE_BOOK, readBookFile } from "./book.ts";
import { findModel } from "./models.ts";
import { rateUsage } from "./rate-usage.ts";
import type { RateTable } from "./rates.ts";
import { resolveRates } from "./resolve-price.ts";

interface Listed {
  readonly table: RateTable | undefined;
  readonly set: BookRateSet;
}

const files = [...BOOK_FILES].map(([provider, names]) => ({
  provider,
  models: names.flatMap((name) => readBookFile(name).models),
}));

/** Every rate set of a model's prices, with the table that a call at the price's first instant would get. */
function listed(provider: string, model: BookModel): Listed[] {
  const info = findModel(PRICE_BOOK, provider, model.name);
  if (!info) throw new Error(`${provider}/${model.name} is not found by its name`);
  return model.prices.flatMap((price) => {
    if ("free" in price) return [];
    const atMs = Date.parse(price.effectiveFrom);
    const tableIn = (tier: string) => resolveRates(PRICE_BOOK, info, atMs, tier);
    const tiers = Object.entries(price.serviceTiers ?? {});
    const standard = price.timesOfDay ? [] : [{ table: tableIn("standard"), set: price }];
    return [...standard, ...tiers.map(([tier, set]) => ({ table: tableIn(tier), set }))];
  });
}

/** The bill by decimals and BigInt, without the code under test. */
function billed(rates: BookRateSet["rates"], classes: TokenClasses): bigint {
  return TOKEN_CLASSES.reduce((sum, name) => {
    const [whole = "", fraction = ""] = (rates[name] ?? "0").split(".");
    return sum + BigInt(classes[name] ?? 0) * BigInt(whole + fraction.padEnd(12, "0"));
  }, 0n);
}

describe("the shipped price book", () => {
  it.each(files)("bills $provider at every listed price, on both sides of every edge", (file) => {
    for (const model of file.models) {
      for (const { table, set } of listed(file.provider, model)) {
        const sets = [{ fromInputTokens: 0, rates: set.rates }, ...(set.contextTiers ?? [])];
        for (const [index, { fromInputTokens, rates }] of sets.entries()) {
          const last = (sets[index + 1]?.fromInputTokens ?? fromInputTokens + 2) - 1;
          for (const inputTokens of [fromInputTokens, last]) {
            const classes = { input: inputTokens, ...(rates.output ? { output: 7 } : {}) };
            const cost = rateUsage(table, classes);
            const atto = billed(rates, classes);
            const off = BigInt(cost.costNanoUsd) * ATTO_PER_NANO - atto;
            expect([model.name, 2n * off <= ATTO_PER_NANO && -2n * off <= ATTO_PER_NANO]).toEqual([
              model.name,
              true,
            ]);
          }
        }
      }
    }
  });

  it("asks no less for a token of output than for one of cached input, anywhere", () => {
    const odd = files.flatMap(({ provider, models }) =>
      models.flatMap(({ name, prices }) =>
        prices
          .filter((price) => !isInOrder(price))
          .map(({ effectiveFrom }) => `${provider}/${name} ${effectiveFrom}`),
      ),
    );
    expect(odd).toEqual([]);
  });

  it("costs more with every further token, and splits into parts that differ by rounding only", () => {
    const tables = files.flatMap(({ provider, models }) =>
      models.flatMap((model) => listed(provider, model).map(({ table }) => table)),
    );
    // Below the first context tier of any model: beyond an edge a split call is cheaper than a whole one.
    const count = fc.nat(10_000);
    fc.assert(
      fc.property(fc.constantFrom(...tables), count, count, fc.nat(7), (table, a, b, index) => {
        const rated = Object.keys(table?.tiers[0]?.rates ?? {});
        const name = rated[index % rated.length] as TokenClass;
        const one = rateUsage(table, { [name]: a });
        const both = rateUsage(table, { [name]: a + b });
        const split = one.costNanoUsd + rateUsage(table, { [name]: b }).costNanoUsd;
        expect(both.costNanoUsd).toBeGreaterThanOrEqual(one.costNanoUsd);
        expect(Math.abs(both.costNanoUsd - split)).toBeLessThanOrEqual(1);
        expect(both.inputCostNanoUsd + both.outputCostNanoUsd).toBe(both.costNanoUsd);
      }),
      { numRuns: 2_000 },
    );
  });
});

function isInOrder(price: BookPrice): boolean {
  if ("free" in price) return true;
  const { cacheRead, output } = price.rates;
  return cacheRead === undefined || output === undefined || Number(output) >= Number(cacheRead);
}
