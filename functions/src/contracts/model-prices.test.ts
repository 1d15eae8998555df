import { describe, expect, it } from "@jest/globals";
import { setModelPriceRequest } from "./model-prices.ts";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";
import { setModelPrice } from "./testing/requests.ts";

const read = (more: object) => parse(setModelPriceRequest, { ...setModelPrice, ...more });
const refused = (more: object) => refusal(setModelPriceRequest, { ...setModelPrice, ...more });
const { rates: _rates, contextTiers: _tiers, serviceTiers: _service, ...bare } = setModelPrice;

describe("setModelPrice", () => {
  it("takes the terms as the price book writes them", () => {
    expect(read({})).toMatchObject({
      rates: { input: "2.5", cacheRead: "0.00875", output: "10" },
      contextTiers: [{ fromInputTokens: 200_001 }],
      serviceTiers: { flex: {} },
    });
    expect(read({})).not.toHaveProperty("free");
  });

  it("takes what is free without rates", () => {
    const free = parse(setModelPriceRequest, { ...bare, free: true });
    expect(free).toMatchObject({ free: true });
    expect(free).not.toHaveProperty("rates");
  });

  const flex = { flex: { rates: { input: "1", output: "2" } } };
  it.each([
    ["negative", { rates: { input: "-1", output: "2" } }, "rates.input"],
    ["zero", { rates: { input: "0", output: "2" } }, "rates.input"],
    ["no decimal string", { rates: { input: 2.5, output: "2" } }, "rates.input"],
    ["too fine", { rates: { input: "0.0000000000001", output: "2" } }, "rates.input"],
    ["an exponent", { rates: { input: "1e-3", output: "2" } }, "rates.input"],
    ["a class that is none", { rates: { input: "1", output: "2", images: "3" } }, "rates.images"],
    ["without input", { rates: { output: "2" } }, "rates.input"],
    ["without rates", { rates: undefined }, "rates"],
    ["free and priced", { free: true }, "rates"],
    ["not quite free", { free: false }, "free"],
    [
      "a context tier of other classes",
      { contextTiers: [{ fromInputTokens: 5, rates: { input: "1", output: "2" } }] },
      "contextTiers[0].rates",
    ],
    ["a service tier of other classes", { serviceTiers: flex }, "serviceTiers.flex.rates"],
    [
      "an unknown service tier",
      { serviceTiers: { cheap: { rates: { input: "1" } } } },
      "serviceTiers.cheap",
    ],
    ["an end before its beginning", { effectiveTo: "2026-10-01" }, "effectiveTo"],
    ["no instant", { effectiveFrom: "yesterday" }, "effectiveFrom"],
    ["an unknown provider", { provider: "acme" }, "provider"],
    ["a name that no map can hold", { model: "a|b" }, "model"],
    ["a field that is none", { currency: "EUR" }, "currency"],
  ])("refuses what is %s", (_what, more, field) => {
    expect(refused(more)?.split(": ")[0]).toBe(field);
  });
});
