import { describe, expect, it } from "@jest/globals";
import { PRICE_BOOK } from "./book.ts";
import { listModelPrices, type PriceFilter } from "./list-model-prices.ts";
import type { OwnPrice } from "./own-price.ts";
import { ownPrice } from "./testing/own-prices.ts";
import { withOwnPrices } from "./with-own-prices.ts";

const NOW_MS = Date.parse("2026-11-20T12:00:00Z");

function list(own: readonly OwnPrice[], filter: Partial<PriceFilter> = {}) {
  return listModelPrices(withOwnPrices(PRICE_BOOK, own), own, { limit: 200, ...filter }, NOW_MS);
}

describe("listModelPrices", () => {
  it("shows own prices before the shipped ones, and which of them is in force", () => {
    const own = [ownPrice({ model: "gpt-4o", source: "contract 7" })];
    const { items } = list(own, { provider: "openai", model: "gpt-4o" });
    expect(
      items.map(({ origin, priceVersion, inForce }) => [origin, priceVersion, inForce]),
    ).toEqual([
      ["own", "own:openai:gpt-4o:2026-11-01", true],
      ["shipped", "openai:gpt-4o:2024-05-13", false],
      ["shipped", "openai:gpt-4o:2024-10-02", false],
    ]);
    expect(items[0]).toMatchObject({
      priceId: "openai:gpt-4o:2026-11-01",
      source: "contract 7",
      terms: { effectiveFrom: "2026-11-01", rates: { input: "10", output: "30" } },
    });
    expect(items[2]).toMatchObject({ checkedOn: "2026-11-23", aliases: ["gpt-4o-2024-11-20"] });
  });

  it("finds a model by an alias, and tells in force by time of day as well", () => {
    const { items } = list([], { provider: "openai", model: "gpt-4o-2024-11-20" });
    expect(items.filter(({ inForce }) => inForce)).toHaveLength(1);
    const peak = list([], { provider: "deepseek", model: "deepseek-v4-pro" }).items;
    expect(peak.filter(({ inForce }) => inForce)).toHaveLength(1);
  });

  it("gives everything once, page by page", () => {
    const own = [ownPrice(), ownPrice({ model: "a" }), ownPrice({ provider: "xai" })];
    const whole: string[] = [];
    let cursor: string | undefined;
    do {
      const page = list(own, { cursor });
      whole.push(...page.items.map(({ priceVersion }) => priceVersion));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(whole.slice(0, 3)).toEqual([
      "own:openai:a:2026-11-01",
      "own:openai:gpt-9:2026-11-01",
      "own:xai:gpt-9:2026-11-01",
    ]);
    expect(new Set(whole).size).toBe(whole.length);
    expect(whole.length).toBeGreaterThan(1_000);
    expect(list(own, { origin: "own" }).items).toHaveLength(3);
  });

  it("refuses a cursor that no list gave", () => {
    expect(() => list([], { cursor: "x" })).toThrow("cursor");
  });
});
