import { describe, expect, it } from "@jest/globals";
import { PRICE_BOOK } from "./book.ts";
import { MAX_OWN_PRICES, type PriceSetting, setModelPrice } from "./set-model-price.ts";
import { memoryPrices, ownPrice } from "./testing/own-prices.ts";

const NOW = new Date("2026-11-20T12:00:00Z");
const RATES = { input: "10", output: "30" };

function setting(more: Partial<PriceSetting> = {}): PriceSetting {
  const facts = { contextTokens: null, maxOutputTokens: null, source: null, note: null };
  const named = { provider: "openai", model: "gpt-9", kind: undefined };
  return { ...facts, ...named, effectiveFrom: "2026-11-01", rates: RATES, ...more } as PriceSetting;
}

function world() {
  const store = memoryPrices();
  const set = (more: Partial<PriceSetting> = {}, by = "ann", now = NOW) =>
    setModelPrice(store, PRICE_BOOK, setting(more), by, now);
  return { store, set };
}

describe("setModelPrice", () => {
  it("stores a price under its model and instant, with who made it", async () => {
    const { store, set } = world();
    await set({ model: "a/b c", effectiveFrom: "2026-11-01T00:00:00Z" });
    expect([...store.prices]).toEqual([
      [
        "openai:a%2Fb%20c:2026-11-01",
        ownPrice({ model: "a/b c", createdBy: "ann", createdAt: NOW, updatedAt: NOW }),
      ],
    ]);
  });

  it("changes nothing when it is said again", async () => {
    const { store, set } = world();
    const first = await set();
    const again = await set({}, "bob", new Date(NOW.getTime() + 1));
    expect(again).toEqual(first);
    expect(store.prices.size).toBe(1);
  });

  it("corrects the price of an instant as its next revision", async () => {
    const { store, set } = world();
    await set();
    const later = new Date(NOW.getTime() + 1);
    const corrected = await set({ rates: { input: "11", output: "30" } }, "bob", later);
    expect(corrected).toMatchObject({
      revision: 2,
      createdBy: "ann",
      createdAt: NOW,
      updatedAt: later,
    });
    expect([...store.prices.values()]).toEqual([corrected]);
  });

  it.each([
    ["inside", { effectiveFrom: "2026-11-15" }, "effectiveFrom"],
    ["at its last instant", { effectiveFrom: "2026-11-30T23:59:59.999Z" }, "effectiveFrom"],
    [
      "over its beginning",
      { effectiveFrom: "2026-10-01", effectiveTo: "2026-11-02" },
      "effectiveTo",
    ],
  ])("refuses a price that overlaps another one: %s", async (_what, more, field) => {
    const { set } = world();
    await set({ effectiveTo: "2026-12-01" });
    await expect(set(more)).rejects.toMatchObject({ reason: "INVALID_FIELD", facts: { field } });
  });

  it("takes prices that touch, an open end before another price, and other models", async () => {
    const { store, set } = world();
    await set({ effectiveTo: "2026-12-01" });
    await set({ effectiveFrom: "2026-12-01" });
    await set({ effectiveFrom: "2026-10-01" });
    await set({ effectiveFrom: "2027-02-01" });
    await set({ model: "gpt-10", effectiveFrom: "2026-11-15" });
    await set({ provider: "azure", effectiveFrom: "2026-11-15" });
    expect(store.prices.size).toBe(6);
  });

  it("asks for a rate of output where the model answers with tokens", async () => {
    const { set } = world();
    const rates = { input: "1" };
    await expect(set({ rates })).rejects.toMatchObject({ facts: { field: "rates.output" } });
    expect(await set({ rates, kind: "embedding" })).toMatchObject({ kind: "embedding" });
    const known = await set({ rates, model: "text-embedding-3-small" });
    expect(known).toMatchObject({ kind: "embedding" });
  });

  it("has an end", async () => {
    const { store, set } = world();
    for (let n = 0; n < MAX_OWN_PRICES; n += 1) {
      const price = ownPrice({ model: `m-${n}` });
      store.prices.set(price.priceId, price);
    }
    await expect(set()).rejects.toMatchObject({ reason: "INVALID_FIELD" });
    expect(await set({ model: "m-7", rates: { input: "1", output: "2" } })).toMatchObject({
      revision: 2,
    });
  });
});
