import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { estimateCost } from "./estimate-cost.ts";
import { callWorld, chatOf } from "./testing/call-world.ts";

describe("estimateCost", () => {
  it("says what a call can cost at most: 12 x 0.15 + 4 096 x 0.60 dollars per million", async () => {
    const { deps, log } = callWorld();
    expect(await estimateCost(deps, chatOf())).toEqual({
      inputTokens: 12,
      parts: { system: 0, context: 0, input: 12, tools: 0 },
      maxOutputTokens: 4_096,
      maxCostNanoUsd: 2_459_400,
      maxCostUsd: "0.0024594",
      priceStatus: "priced",
      allowed: true,
      budgets: [],
    });
    expect(log).toEqual([]);
  });

  it("reckons with the caller's own limit, and with no more than the model can write", async () => {
    const { deps } = callWorld({ defaultMaxOutputTokens: 1_000_000 });
    const limited = chatOf();
    const own = { ...limited, chat: { ...limited.chat, maxOutputTokens: 10 } };
    expect(await estimateCost(deps, own)).toMatchObject({ maxOutputTokens: 10 });
    expect(await estimateCost(deps, limited)).toMatchObject({ maxOutputTokens: 16_384 });
  });

  it("knows no cost of a model without a price, and none of a free one", async () => {
    const { deps } = callWorld();
    expect(await estimateCost(deps, chatOf({ model: "brand-new" }))).toMatchObject({
      maxCostNanoUsd: null,
      maxCostUsd: null,
      priceStatus: "unpriced",
    });
    expect(await estimateCost(deps, chatOf({ model: "sim-free" }))).toMatchObject({
      maxCostNanoUsd: 0,
      priceStatus: "free",
    });
  });

  it("shows the budgets that apply as they stand", async () => {
    const { deps, state } = callWorld();
    state.budgets = [sampleBudget()];
    expect(await estimateCost(deps, chatOf())).toMatchObject({
      allowed: true,
      budgets: [{ budgetId: "user:*:usd:month", spent: 100, left: 4_999_999_900 }],
    });
    state.spending = async () => [undefined];
    expect(await estimateCost(deps, chatOf())).toMatchObject({ budgets: [{ spent: 0 }] });
  });

  it("is not allowed where a blocking budget applies that this version cannot hold", async () => {
    const { deps, state } = callWorld();
    state.budgets = [sampleBudget({ enforcement: "block" })];
    expect(await estimateCost(deps, chatOf())).toMatchObject({ allowed: false });
  });

  it("says that the store is down when the budgets were never read", async () => {
    const { deps, state } = callWorld();
    state.budgetsFail = true;
    await expect(estimateCost(deps, chatOf())).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
  });
});
