import { describe, expect, it } from "@jest/globals";
import { rateUsage } from "../pricing/rate-usage.ts";
import type { Cost } from "../pricing/rates.ts";
import type { Provider } from "./port.ts";
import { reportedCost, withProviderCost } from "./provider-cost.ts";
import { ScriptedProvider } from "./testing/scripted-provider.ts";

const CLASSES = { input: 1_000, output: 100 };
const UNPRICED = rateUsage(undefined, CLASSES);
const PRICED: Cost = {
  ...UNPRICED,
  costNanoUsd: 210_000,
  inputCostNanoUsd: 150_000,
  outputCostNanoUsd: 60_000,
  priceStatus: "priced",
  priceVersion: "v",
};

describe("withProviderCost", () => {
  it("keeps our cost where we have a price", () => {
    expect(withProviderCost(PRICED, CLASSES, 999)).toBe(PRICED);
  });

  it("takes the provider's cost where we have none", () => {
    expect(withProviderCost(UNPRICED, CLASSES, 999)).toEqual({
      ...UNPRICED,
      costNanoUsd: 999,
      inputCostNanoUsd: 0,
      outputCostNanoUsd: 999,
      priceStatus: "provider",
    });
  });

  it("takes a model that we do not know for free when its provider says so", () => {
    expect(withProviderCost(UNPRICED, CLASSES, 0)).toMatchObject({
      costNanoUsd: 0,
      priceStatus: "free",
    });
  });

  it("leaves a call unpriced of which the provider says no cost, or that used nothing", () => {
    expect(withProviderCost(UNPRICED, CLASSES, null)).toBe(UNPRICED);
    expect(withProviderCost(UNPRICED, {}, 0)).toBe(UNPRICED);
  });
});

describe("reportedCost", () => {
  const telling = (tell: Provider["reportedCost"]) =>
    Object.assign(new ScriptedProvider(), { reportedCost: tell });

  it("is what the provider says, and nothing when it says none or cannot be read", () => {
    const failing = () => {
      throw new RangeError("no cost");
    };
    expect(
      reportedCost(
        telling(() => 7),
        {},
      ),
    ).toBe(7);
    expect(reportedCost(telling(failing), {})).toBeNull();
    expect(reportedCost(new ScriptedProvider(), {})).toBeNull();
  });
});
