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

  /** 12 input tokens are 1 800 nanoUSD, 256 output tokens 153 600; 100 are spent. */
  it.each([
    [2_459_500, {}, true, 4_096],
    [2_459_499, {}, true, 4_095],
    [155_500, {}, true, 256],
    [155_499, {}, false, 4_096],
    [155_499, { maxOutputTokens: 10 }, true, 10],
    [7_899, { maxOutputTokens: 10 }, false, 10],
  ])("under a blocking budget of %i, %o is allowed: %s", async (limit, more, allowed, tokens) => {
    const { deps, state } = callWorld();
    state.budgets = [sampleBudget({ enforcement: "block", limit })];
    const command = chatOf();
    const wanted = { ...command, chat: { ...command.chat, ...more } };
    const estimate = await estimateCost(deps, wanted);
    expect(estimate).toMatchObject({ allowed, maxOutputTokens: tokens });
  });

  it("lowers the caller's limit when told to", async () => {
    const { deps, state } = callWorld();
    state.budgets = [sampleBudget({ enforcement: "block", limit: 1_000_000 })];
    const { chat, ...command } = chatOf();
    const wanted = { ...command, chat: { ...chat, maxOutputTokens: 10_000 }, fitToBudget: true };
    expect(await estimateCost(deps, wanted)).toMatchObject({
      allowed: true,
      maxOutputTokens: 1_663,
    });
  });

  it("does not allow a model without a price under a blocking budget in dollars", async () => {
    const { deps, state } = callWorld();
    const budget = sampleBudget({ enforcement: "block" });
    state.budgets = [budget];
    const unpriced = chatOf({ model: "brand-new" });
    expect(await estimateCost(deps, unpriced)).toMatchObject({ allowed: false });
    state.budgets = [{ ...budget, onUnknownPrice: "allow" }];
    expect(await estimateCost(deps, unpriced)).toMatchObject({ allowed: true });
    state.budgets = [sampleBudget({ enforcement: "block", unit: "tokens" })];
    expect(await estimateCost(deps, unpriced)).toMatchObject({ allowed: true });
  });

  it("says that the store is down when the budgets were never read", async () => {
    const { deps, state } = callWorld();
    state.budgetsFail = true;
    await expect(estimateCost(deps, chatOf())).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
    });
  });
});
