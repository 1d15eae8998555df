import { describe, expect, it } from "@jest/globals";
import { BOOK_FILES, readBookFile } from "../book.ts";
import { bookFileSchema } from "./schema.ts";

const PRICE = {
  effectiveFrom: "2026-01-01",
  rates: { input: "1", output: "2" },
  source: "https://example.com/pricing",
  checkedOn: "2026-11-23",
};
const TIER = { rates: { input: "0.5", output: "1" } };
const PEAK = { name: "peak", hours: ["01:00-04:00"], ...TIER };
const UNRATED = {
  effectiveFrom: PRICE.effectiveFrom,
  source: PRICE.source,
  checkedOn: PRICE.checkedOn,
};
const MODEL = {
  name: "m-1",
  kind: "chat",
  contextTokens: 1_000,
  maxOutputTokens: 100,
  encoding: "o200k_base",
  reasoning: false,
  prices: [PRICE],
};

function problemsOf(model: object): string[] {
  const result = bookFileSchema.safeParse({ provider: "openai", models: [model] });
  return result.success ? [] : result.error.issues.map(({ message }) => message);
}

const withPrice = (change: object) => ({ ...MODEL, prices: [{ ...PRICE, ...change }] });
const withRate = (input: string) => withPrice({ rates: { input, output: "2" } });

describe("the shipped price book", () => {
  it.each([...BOOK_FILES.values()].flat())("%s.json fits the schema", (name) => {
    expect(() => bookFileSchema.parse(readBookFile(name))).not.toThrow();
  });

  it.each([...BOOK_FILES])("files %s under its name", (provider, files) => {
    for (const name of files) expect(readBookFile(name).provider).toBe(provider);
  });
});

describe("bookFileSchema", () => {
  it("takes a model with one price", () => {
    expect(problemsOf(MODEL)).toEqual([]);
  });

  it.each([
    ["what was not looked up", { name: "m-1", prices: [PRICE] }],
    ["service tiers", withPrice({ serviceTiers: { flex: TIER, batch: TIER } })],
    [
      "times of day",
      withPrice({
        timesOfDay: [
          { ...PEAK, weekdays: [1, 5], exceptDays: ["2026-10-01"] },
          { ...PEAK, name: "night", hours: ["22:00-00:30"] },
        ],
      }),
    ],
    ["an instant", withPrice({ effectiveFrom: "2026-01-01T15:30:00Z" })],
    ["an end", withPrice({ effectiveTo: "2026-02-01" })],
    ["a free price", { ...MODEL, prices: [{ ...UNRATED, free: true }] }],
    [
      "an embedding without output",
      {
        ...MODEL,
        kind: "embedding",
        maxOutputTokens: 0,
        prices: [{ ...PRICE, rates: { input: "1" } }],
      },
    ],
    ["twelve decimals", withRate("0.000000000001")],
    [
      "a tier",
      withPrice({
        contextTiers: [{ fromInputTokens: 272_001, rates: { input: "2", output: "3" } }],
      }),
    ],
  ])("takes %s", (_what, model) => {
    expect(problemsOf(model)).toEqual([]);
  });

  it.each([
    ["a rate of zero, which is no price", withRate("0")],
    ["a thirteenth decimal, which would be lost", withRate("0.0000000000001")],
    ["a rate that is no safe integer", withRate("9007.2")],
    ["a number, which may be a float", withPrice({ rates: { input: 0.1, output: "2" } })],
    ["a negative rate", withRate("-1")],
    ["a class that does not exist", withPrice({ rates: { input: "1", output: "2", images: "3" } })],
    ["a service tier that nobody has", withPrice({ serviceTiers: { gold: TIER } })],
    ["a service tier without rates", withPrice({ serviceTiers: { flex: {} } })],
    [
      "a service tier that leaves a class out",
      withPrice({ serviceTiers: { flex: { rates: { input: "0.5" } } } }),
    ],
    [
      "a context tier of a service tier that leaves a class out",
      withPrice({
        serviceTiers: {
          flex: { ...TIER, contextTiers: [{ fromInputTokens: 9, rates: { input: "2" } }] },
        },
      }),
    ],
    ["no times of day", withPrice({ timesOfDay: [] })],
    ["a time of day without hours", withPrice({ timesOfDay: [{ ...PEAK, hours: [] }] })],
    ["an hour that no day has", withPrice({ timesOfDay: [{ ...PEAK, hours: ["24:00-25:00"] }] })],
    ["an eighth weekday", withPrice({ timesOfDay: [{ ...PEAK, weekdays: [8] }] })],
    [
      "service tiers together with times of day",
      withPrice({ serviceTiers: { flex: TIER }, timesOfDay: [PEAK] }),
    ],
    ["free with rates", withPrice({ free: true })],
    ["free that is false", { ...MODEL, prices: [{ ...UNRATED, free: false }] }],
    ["neither rates nor free", { ...MODEL, prices: [UNRATED] }],
    ["no rate for input", withPrice({ rates: { output: "2" } })],
    ["a chat model without a rate for output", withPrice({ rates: { input: "1" } })],
    ["a chat model without output", { ...MODEL, maxOutputTokens: 0 }],
    ["an embedding with output", { ...MODEL, kind: "embedding" }],
    ["no price", { ...MODEL, prices: [] }],
    ["a day that does not exist", withPrice({ effectiveFrom: "2026-02-30" })],
    ["a local time", withPrice({ effectiveFrom: "2026-02-01T00:00:00" })],
    ["an end at its beginning", withPrice({ effectiveTo: "2026-01-01" })],
    ["two prices of one day", { ...MODEL, prices: [PRICE, PRICE] }],
    [
      "prices out of order",
      { ...MODEL, prices: [PRICE, { ...PRICE, effectiveFrom: "2025-01-01" }] },
    ],
    [
      "a price that ends after the next began",
      {
        ...MODEL,
        prices: [
          { ...PRICE, effectiveTo: "2026-03-02" },
          { ...PRICE, effectiveFrom: "2026-03-01" },
        ],
      },
    ],
    [
      "a tier that leaves a class out",
      withPrice({ contextTiers: [{ fromInputTokens: 9, rates: { input: "2" } }] }),
    ],
    ["a tier from 0", withPrice({ contextTiers: [{ fromInputTokens: 0, rates: PRICE.rates }] })],
    [
      "tiers that do not ascend",
      withPrice({
        contextTiers: [9, 9].map((fromInputTokens) => ({ fromInputTokens, rates: PRICE.rates })),
      }),
    ],
    ["no source", withPrice({ source: undefined })],
    ["a source that is no address", withPrice({ source: "the web" })],
    ["no day of checking", withPrice({ checkedOn: undefined })],
    ["a name with a space", { ...MODEL, name: "m 1" }],
    ["an unknown encoding", { ...MODEL, encoding: "p50k_base" }],
  ])("refuses %s", (_what, model) => {
    expect(problemsOf(model)).not.toEqual([]);
  });
});
