import { describe, expect, it } from "@jest/globals";
import { TOKEN_CLASSES } from "../core/tokens.ts";
import { type BookRates, freeRateTable, ratesOf, rateTableOf } from "./rate-table.ts";

describe("ratesOf", () => {
  it("writes dollars per million tokens as attoUSD per token", () => {
    expect(ratesOf({ input: "0.15", output: "0.041666666667" })).toMatchObject({
      input: 150_000_000_000,
      output: 41_666_666_667,
    });
  });

  it("keeps every class that has a rate of its own", () => {
    const own: BookRates = Object.fromEntries(
      TOKEN_CLASSES.map((name, index) => [name, `${index + 1}`]),
    );
    expect(ratesOf(own)).toEqual(
      Object.fromEntries(TOKEN_CLASSES.map((name, index) => [name, (index + 1) * 1e12])),
    );
  });

  it("bills reasoning as output, and everything about the cache as input, when nothing else is named", () => {
    expect(ratesOf({ input: "2", output: "8" })).toEqual({
      input: 2_000_000_000_000,
      cacheRead: 2_000_000_000_000,
      cacheWrite5m: 2_000_000_000_000,
      cacheWrite1h: 2_000_000_000_000,
      output: 8_000_000_000_000,
      reasoning: 8_000_000_000_000,
    });
  });

  it.each([
    ["cacheWrite5m", "cacheWrite1h"],
    ["cacheWrite1h", "cacheWrite5m"],
  ] as const)("leaves no rate for the other when only %s is named", (named, other) => {
    const rates = ratesOf({ input: "4", [named]: "5", output: "20" });
    expect(rates[named]).toBe(5e12);
    expect(rates).not.toHaveProperty(other);
  });

  it("never bills audio as text", () => {
    const rates = ratesOf({ input: "2.5", output: "10" });
    for (const name of ["audioIn", "audioCacheRead", "audioOut"])
      expect(rates).not.toHaveProperty(name);
    expect(ratesOf({ input: "2.5", audioIn: "40", output: "10" })).not.toHaveProperty(
      "audioCacheRead",
    );
  });

  it("invents no output for an embedding", () => {
    expect(ratesOf({ input: "0.02" })).not.toHaveProperty("output");
    expect(ratesOf({ input: "0.02" })).not.toHaveProperty("reasoning");
  });

  it("refuses what is no exact price", () => {
    expect(() => ratesOf({ input: "0.0000000000001" })).toThrow("rate of input");
  });
});

describe("rateTableOf", () => {
  it("begins with a tier from 0", () => {
    const table = rateTableOf("openai/m", "openai:m:2026-01-01", {
      rates: { input: "5", output: "30" },
      contextTiers: [{ fromInputTokens: 272_001, rates: { input: "10", output: "45" } }],
    });
    expect(table).toMatchObject({
      model: "openai/m",
      priceVersion: "openai:m:2026-01-01",
      free: false,
    });
    expect(
      table.tiers.map(({ fromInputTokens, rates }) => [
        fromInputTokens,
        rates.input,
        rates.reasoning,
      ]),
    ).toEqual([
      [0, 5e12, 30e12],
      [272_001, 10e12, 45e12],
    ]);
  });
});

describe("freeRateTable", () => {
  it("gives every class at 0", () => {
    const table = freeRateTable("openai/m", "openai:m:2026-01-01");
    expect(table.free).toBe(true);
    expect(table.tiers).toEqual([
      { fromInputTokens: 0, rates: Object.fromEntries(TOKEN_CLASSES.map((name) => [name, 0])) },
    ]);
  });
});
