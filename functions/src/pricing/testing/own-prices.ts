import type { PriceTerms } from "../book/schema.ts";
import { type OwnPrice, type OwnPriceFacts, type PriceStore, priceIdOf } from "../own-price.ts";

/** gpt-9 at 10 / 30 dollars from November on, unless told otherwise. */
export function ownPrice(
  more: Partial<OwnPriceFacts> = {},
  terms: PriceTerms = { effectiveFrom: "2026-11-01", rates: { input: "10", output: "30" } },
): OwnPrice {
  const price = {
    provider: "openai",
    model: "gpt-9",
    kind: "chat" as const,
    contextTokens: null,
    maxOutputTokens: null,
    source: null,
    note: null,
    revision: 1,
    createdBy: "admin",
    createdAt: new Date("2026-11-20T12:00:00Z"),
    updatedAt: new Date("2026-11-20T12:00:00Z"),
    ...more,
    ...terms,
  };
  return { ...price, priceId: priceIdOf(price) };
}

export function memoryPrices(): PriceStore & { readonly prices: Map<string, OwnPrice> } {
  const prices = new Map<string, OwnPrice>();
  return {
    prices,
    listPrices: async () => [...prices.values()],
    changePrice: async (priceId, change) => {
      const after = change(prices.get(priceId));
      if (after) prices.set(priceId, after);
      return after;
    },
  };
}
