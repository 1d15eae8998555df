import { describe, expect, it } from "@jest/globals";
import { buildBook, PRICE_BOOK, type PriceBook } from "./book.ts";
import { findModel, type ModelInfo } from "./models.ts";
import { answersFor, resolveRates } from "./resolve-price.ts";

function modelOf(book: PriceBook, name: string): ModelInfo {
  const model = findModel(book, "openai", name);
  if (!model) throw new Error(`${name} is not in the book`);
  return model;
}

/** Dollars per million input, cached input and output tokens at an instant, or undefined. */
function pricesAt(book: PriceBook, name: string, instant: string) {
  const rates = resolveRates(book, modelOf(book, name), Date.parse(instant))?.tiers[0]?.rates;
  return (
    rates && [rates.input, rates.cacheRead, rates.output].map((rate) => (rate ?? Number.NaN) / 1e12)
  );
}

describe("resolveRates", () => {
  it.each([
    ["gpt-4o", "2024-05-12T23:59:59.999Z", undefined],
    ["gpt-4o", "2024-05-13T00:00:00.000Z", [5, 5, 15]],
    ["gpt-4o", "2024-10-01T23:59:59.999Z", [5, 5, 15]],
    ["gpt-4o", "2024-10-02T00:00:00.000Z", [2.5, 1.25, 10]],
    ["gpt-4o", "2026-11-23T12:00:00.000Z", [2.5, 1.25, 10]],
    ["gpt-4o-2024-08-06", "2024-08-05T23:59:59.999Z", undefined],
    ["gpt-4o-2024-08-06", "2024-08-06T00:00:00.000Z", [2.5, 1.25, 10]],
    ["gpt-4o-2024-05-13", "2026-11-23T12:00:00.000Z", [5, 5, 15]],
    ["o1-mini", "2025-01-30T23:59:59.999Z", [3, 1.5, 12]],
    ["o1-mini", "2025-01-31T00:00:00.000Z", [1.1, 0.55, 4.4]],
    ["o3", "2025-06-09T23:59:59.999Z", [10, 2.5, 40]],
    ["o3", "2025-06-10T00:00:00.000Z", [2, 0.5, 8]],
    ["gpt-5.6-luna", "2026-07-29T23:59:59.999Z", [1, 0.1, 6]],
    ["gpt-5.6-luna", "2026-07-30T00:00:00.000Z", [0.2, 0.02, 1.2]],
    ["gpt-5.6-sol", "2026-08-20T23:59:59.999Z", [5, 0.5, 30]],
    ["gpt-5.6-sol", "2026-08-21T00:00:00.000Z", [4, 0.4, 20]],
  ])("gives %s at %s %j", (name, instant, prices) => {
    expect(pricesAt(PRICE_BOOK, name, instant)).toEqual(prices);
  });

  it("names the price that was valid", () => {
    const o3 = modelOf(PRICE_BOOK, "o3-2025-04-16");
    const versionAt = (instant: string) =>
      resolveRates(PRICE_BOOK, o3, Date.parse(instant))?.priceVersion;
    expect(versionAt("2025-06-09T00:00:00Z")).toBe("openai:o3:2025-04-16");
    expect(versionAt("2025-06-10T00:00:00Z")).toBe("openai:o3:2025-06-10");
  });

  it("gives a free model 0 for everything, and says that it is free", () => {
    const rates = resolveRates(
      PRICE_BOOK,
      modelOf(PRICE_BOOK, "sim-free"),
      Date.parse("2026-11-23"),
    );
    expect(rates?.free).toBe(true);
    expect(new Set(Object.values(rates?.tiers[0]?.rates ?? {}))).toEqual(new Set([0]));
  });

  it("has no price between the end of one and the begin of the next", () => {
    const price = {
      rates: { input: "1", output: "2" },
      source: "https://example.com",
      checkedOn: "2026-11-23",
    };
    const book = buildBook([
      {
        provider: "openai",
        models: [
          {
            name: "m",
            kind: "chat",
            contextTokens: 1_000,
            maxOutputTokens: 100,
            encoding: "o200k_base",
            reasoning: false,
            prices: [
              { effectiveFrom: "2026-01-01", effectiveTo: "2026-02-01T12:00:00Z", ...price },
              { effectiveFrom: "2026-03-01", ...price },
            ],
          },
        ],
      },
    ]);
    expect(pricesAt(book, "m", "2026-02-01T11:59:59.999Z")).toBeDefined();
    expect(pricesAt(book, "m", "2026-02-01T12:00:00.000Z")).toBeUndefined();
    expect(pricesAt(book, "m", "2026-02-28T23:59:59.999Z")).toBeUndefined();
    expect(pricesAt(book, "m", "2026-03-01T00:00:00.000Z")).toBeDefined();
  });

  it("has no price for a model of another book", () => {
    const foreign: ModelInfo = { ...modelOf(PRICE_BOOK, "gpt-4o"), model: "openai/__proto__" };
    expect(resolveRates(PRICE_BOOK, foreign, Date.parse("2026-11-23"))).toBeUndefined();
  });
});

describe("answersFor", () => {
  const answers = (asked: string, answered: string, day = "2026-11-23") =>
    answersFor(PRICE_BOOK, modelOf(PRICE_BOOK, asked), answered, Date.parse(day));

  it.each([
    ["gpt-4o-mini", "gpt-4o-mini"],
    ["gpt-4o-mini", "gpt-4o-mini-2024-07-18"],
    ["gpt-4o-mini-2024-07-18", "gpt-4o-mini"],
    ["gpt-4o", "gpt-4o-2024-08-06"],
    ["gpt-5.6", "gpt-5.6-sol"],
    ["sim-free", "sim-free"],
  ])("lets a call to %s be answered by %s", (asked, answered) => {
    expect(answers(asked, answered)).toBe(true);
  });

  it.each([
    ["a dearer version", "gpt-4o", "gpt-4o-2024-05-13"],
    ["another model", "gpt-4o", "gpt-4o-mini"],
    ["another model of the same price", "gpt-5", "gpt-5.1"],
    ["an unknown version", "gpt-4o", "gpt-4o-2031-01-01"],
    ["an unknown model", "gpt-4o", "__proto__"],
  ])("does not take %s for an answer of the model asked", (_what, asked, answered) => {
    expect(answers(asked, answered)).toBe(false);
  });

  it("goes by the prices of that instant", () => {
    expect(answers("gpt-4o", "gpt-4o-2024-05-13", "2024-10-01")).toBe(true);
    expect(answers("gpt-4o", "gpt-4o-2024-08-06", "2024-10-01")).toBe(false);
    expect(answers("gpt-4o", "gpt-4o-2024-08-06", "2024-10-02")).toBe(true);
    expect(answers("gpt-4o", "gpt-4o-2024-08-06", "2024-01-01")).toBe(false);
  });
});
