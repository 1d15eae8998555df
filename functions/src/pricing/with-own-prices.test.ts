import { describe, expect, it } from "@jest/globals";
import { PRICE_BOOK } from "./book.ts";
import { findModel } from "./models.ts";
import type { OwnPrice } from "./own-price.ts";
import { rateUsage } from "./rate-usage.ts";
import { answersFor, resolveRates } from "./resolve-price.ts";
import { ownPrice } from "./testing/own-prices.ts";
import { withOwnPrices } from "./with-own-prices.ts";

const USAGE = { input: 1_000, output: 100 };

/** Dollars per million input tokens at an instant, with the version; nothing without a price. */
function priceAt(own: readonly OwnPrice[], name: string, at: string, tier?: string) {
  const book = withOwnPrices(PRICE_BOOK, own);
  const model = findModel(book, "openai", name);
  const rates = model && resolveRates(book, model, Date.parse(at), tier);
  return rates && [rates.tiers[0]?.rates.input, rates.priceVersion];
}

describe("withOwnPrices", () => {
  it("is the shipped book when there are none", () => {
    expect(withOwnPrices(PRICE_BOOK, [])).toBe(PRICE_BOOK);
  });

  it("makes a model known that the book lacks, and prices it from its instant on", () => {
    const own = [ownPrice()];
    expect(priceAt(own, "gpt-9", "2026-10-31T23:59:59.999Z")).toBeUndefined();
    expect(priceAt(own, "gpt-9", "2026-11-01T00:00:00.000Z")).toEqual([
      10e12,
      "own:openai:gpt-9:2026-11-01",
    ]);
    const book = withOwnPrices(PRICE_BOOK, own);
    expect(findModel(book, "openai", "gpt-9")).toMatchObject({
      model: "openai/gpt-9",
      kind: "chat",
      contextTokens: 128_000,
    });
    expect(findModel(book, "openai", "gpt-99")).toBeUndefined();
    expect(findModel(book, "azure", "gpt-9")).toBeUndefined();
  });

  it("wins over the shipped price while it is in force, and over no other model's", () => {
    const terms = {
      effectiveFrom: "2026-03-01",
      effectiveTo: "2026-04-01",
      rates: { input: "2", output: "8" },
    };
    const own = [ownPrice({ model: "gpt-4o" }, terms)];
    const shipped = [2.5e12, "openai:gpt-4o:2024-10-02"];
    const ours = [2e12, "own:openai:gpt-4o:2026-03-01"];
    expect(priceAt(own, "gpt-4o", "2024-06-01T00:00:00Z")?.[0]).toBe(5e12);
    expect(priceAt(own, "gpt-4o", "2026-02-28T23:59:59.999Z")).toEqual(shipped);
    expect(priceAt(own, "gpt-4o", "2026-03-01T00:00:00Z")).toEqual(ours);
    expect(priceAt(own, "gpt-4o-2024-11-20", "2026-03-01T00:00:00Z")).toEqual(ours);
    expect(priceAt(own, "gpt-4o", "2026-03-31T23:59:59.999Z")).toEqual(ours);
    expect(priceAt(own, "gpt-4o", "2026-04-01T00:00:00Z")).toEqual(shipped);
    expect(priceAt(own, "gpt-4o-mini", "2026-03-01T00:00:00Z")?.[0]).toBe(0.15e12);
  });

  it("lets an open end give way to the next price, and stands over later shipped ones", () => {
    const at = (effectiveFrom: string, input: string) =>
      ownPrice({ model: "o3" }, { effectiveFrom, rates: { input, output: "9" } });
    const own = [at("2025-07-01", "4"), at("2025-01-01", "3")];
    expect(priceAt(own, "o3", "2025-06-09T00:00:00Z")?.[0]).toBe(3e12);
    expect(priceAt(own, "o3", "2025-06-11T00:00:00Z")?.[0]).toBe(3e12);
    expect(priceAt(own, "o3", "2026-01-01T00:00:00Z")?.[0]).toBe(4e12);
  });

  it("gives a name that the book has as an alias a price of its own", () => {
    const own = [ownPrice({ model: "gpt-4o-2024-11-20" })];
    expect(priceAt(own, "gpt-4o-2024-11-20", "2026-11-02")?.[0]).toBe(10e12);
    expect(priceAt(own, "gpt-4o-2024-11-20", "2026-10-02")?.[0]).toBe(2.5e12);
    expect(priceAt(own, "gpt-4o", "2026-11-02")?.[0]).toBe(2.5e12);
  });

  it("prices a service tier that it names, and leaves another one without a price", () => {
    const terms = {
      effectiveFrom: "2026-11-01",
      rates: { input: "10", output: "30" },
      serviceTiers: { flex: { rates: { input: "5", output: "15" } } },
    };
    const own = [ownPrice({ model: "gpt-5" }, terms)];
    expect(priceAt(own, "gpt-5", "2026-11-02", "flex")).toEqual([
      5e12,
      "own:openai:gpt-5:2026-11-01:flex",
    ]);
    expect(priceAt(own, "gpt-5", "2026-11-02", "priority")).toBeUndefined();
  });

  it("can be free, and says which revision it is", () => {
    const own = [ownPrice({ revision: 3 }, { effectiveFrom: "2026-11-01", free: true })];
    const book = withOwnPrices(PRICE_BOOK, own);
    const model = findModel(book, "openai", "gpt-9");
    const rates = model && resolveRates(book, model, Date.parse("2026-11-02"));
    expect(rateUsage(rates, USAGE)).toMatchObject({
      priceStatus: "free",
      priceVersion: "own:openai:gpt-9:2026-11-01#3",
    });
  });

  it("counts a document that was spoilt by hand for nothing", () => {
    const spoilt = { effectiveFrom: "2026-11-01", rates: { input: "cheap", output: "1" } };
    expect(withOwnPrices(PRICE_BOOK, [ownPrice({}, spoilt)])).toBe(PRICE_BOOK);
    const undated = { effectiveFrom: "soon", rates: { input: "1", output: "1" } };
    expect(withOwnPrices(PRICE_BOOK, [ownPrice({}, undated)])).toBe(PRICE_BOOK);
  });

  it("does not make an answer by a model's version a doubt", () => {
    const book = withOwnPrices(PRICE_BOOK, [ownPrice({ model: "gpt-4o" })]);
    const asked = findModel(book, "openai", "gpt-4o");
    const at = Date.parse("2026-11-02");
    expect(asked && answersFor(book, asked, "gpt-4o-2024-08-06", at)).toBe(true);
    expect(asked && answersFor(book, asked, "gpt-4o-2024-05-13", at)).toBe(false);
  });
});
