import { describe, expect, it } from "@jest/globals";
import type { BookPrice, BookTimeOfDay } from "./book/schema.ts";
import { datedPriceOf, isWithin } from "./dated-price.ts";

const PRICE = {
  effectiveFrom: "2026-01-01",
  rates: { input: "1", output: "2" },
  source: "https://example.com/pricing",
  checkedOn: "2026-11-23",
} satisfies BookPrice;
const HALF = { rates: { input: "0.5", output: "1" } };
const PEAK: BookTimeOfDay = {
  name: "peak",
  hours: ["01:00-04:00", "06:00-10:00"],
  weekdays: [1, 2, 3, 4, 5],
  exceptDays: ["2026-10-01"],
  rates: { input: "3", output: "6" },
};
const NOON = Date.parse("2026-11-20T12:00:00Z");

describe("datedPriceOf", () => {
  const price = datedPriceOf("openai/m", "openai:m:2026-01-01", {
    ...PRICE,
    serviceTiers: { flex: { ...HALF, contextTiers: [{ fromInputTokens: 9, ...HALF }] } },
  });

  it("gives each service tier its own rates, and names it in the version", () => {
    expect(price.ratesAt(NOON, "standard")).toMatchObject({
      priceVersion: "openai:m:2026-01-01",
      tiers: [{ rates: { input: 1e12 } }],
    });
    expect(price.ratesAt(NOON, "flex")).toMatchObject({
      priceVersion: "openai:m:2026-01-01:flex",
      tiers: [{ rates: { input: 0.5e12 } }, { fromInputTokens: 9 }],
    });
  });

  it.each(["priority", "scale", "__proto__", "constructor", ""])(
    "has no rates for the tier %j, which is not listed",
    (tier) => {
      expect(price.ratesAt(NOON, tier)).toBeUndefined();
    },
  );

  it("makes each table once", () => {
    expect(price.ratesAt(NOON, "flex")).toBe(price.ratesAt(NOON, "flex"));
  });

  it("gives what is free in every tier", () => {
    const { rates: _, ...rest } = PRICE;
    const free = datedPriceOf("openrouter/m:free", "openrouter:m:free", { ...rest, free: true });
    for (const tier of ["standard", "flex"])
      expect(free.ratesAt(NOON, tier)).toMatchObject({ free: true });
  });

  it("gives the time of day its rates, and the rest of the day the price's own", () => {
    const byTime = datedPriceOf("deepseek/m", "deepseek:m:1", { ...PRICE, timesOfDay: [PEAK] });
    expect(byTime.ratesAt(Date.parse("2026-11-20T02:00:00Z"), "standard")).toMatchObject({
      priceVersion: "deepseek:m:1:peak",
      tiers: [{ rates: { input: 3e12 } }],
    });
    expect(byTime.ratesAt(NOON, "standard")).toMatchObject({ priceVersion: "deepseek:m:1" });
  });
});

describe("isWithin", () => {
  it.each([
    ["2026-11-20T00:59:59.999Z", false],
    ["2026-11-20T01:00:00.000Z", true],
    ["2026-11-20T03:59:59.999Z", true],
    ["2026-11-20T04:00:00.000Z", false],
    ["2026-11-20T06:00:00.000Z", true],
    ["2026-11-20T10:00:00.000Z", false],
    ["2026-11-21T02:00:00.000Z", false],
    ["2026-11-22T02:00:00.000Z", false],
    ["2026-11-23T02:00:00.000Z", true],
    ["2026-10-01T02:00:00.000Z", false],
    ["2026-10-02T02:00:00.000Z", true],
  ])("says of %s on weekdays: %s", (instant, within) => {
    expect(isWithin(PEAK, Date.parse(instant))).toBe(within);
  });

  it.each([
    ["16:29:59.999", false],
    ["16:30:00.000", true],
    ["23:59:59.999", true],
    ["00:00:00.000", true],
    ["00:29:59.999", true],
    ["00:30:00.000", false],
  ])("says of %s in hours that pass midnight: %s", (time, within) => {
    const night = { name: "off-peak", hours: ["16:30-00:30"], ...HALF };
    expect(isWithin(night, Date.parse(`2025-08-01T${time}Z`))).toBe(within);
  });
});
