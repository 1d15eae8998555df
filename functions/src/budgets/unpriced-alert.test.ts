import { describe, expect, it } from "@jest/globals";
import type { Alert } from "./alert.ts";
import { type CheckDeps, checkBudgets } from "./check-budgets.ts";
import { memoryBudgets } from "./testing/memory-budget-store.ts";
import { alertUnpriced, type UnpricedUse } from "./unpriced-alert.ts";

const NOW = new Date("2026-11-22T14:00:00Z");
const USE: UnpricedUse = {
  provider: "openai",
  model: "openai/gpt-9.1",
  calls: 1,
  tokens: 1_500,
  at: NOW,
};

describe("an alert on a model without a price", () => {
  it("says which model, how much of it, and what to do", async () => {
    const { deps, published, store } = setUp();
    expect(await alertUnpriced(deps, [USE], NOW)).toBe(1);
    expect(published).toMatchObject([
      {
        alertId: "unpriced_model:openai%2Fgpt-9%2E1_2026-11-22",
        type: "unpriced_model",
        severity: "warning",
        model: "openai/gpt-9.1",
        day: "2026-11-22",
        calls: 1,
        tokens: 1_500,
        userId: null,
        publishedAt: NOW,
        message:
          "No price for openai/gpt-9.1: 1 call, 1500 tokens booked without a cost. Set a price, then re-price.",
      },
    ]);
    const { items } = await store.listAlerts({
      userId: undefined,
      state: "open",
      limit: 9,
      cursor: undefined,
    });
    expect(items).toEqual(published);
  });

  it("comes once per model and day, whoever makes it", async () => {
    const { deps, published, unpriced } = setUp();
    const nextDay = { ...USE, at: new Date("2026-11-23T00:00:00Z") };
    await alertUnpriced(deps, [USE, USE], NOW);
    await alertUnpriced(deps, [USE, { ...USE, model: "openai/other" }], NOW);
    unpriced.push(USE, nextDay);
    await checkBudgets(deps, nextDay.at);
    expect(published.map(({ alertId }) => alertId)).toEqual([
      "unpriced_model:openai%2Fgpt-9%2E1_2026-11-22",
      "unpriced_model:openai%2Fother_2026-11-22",
      "unpriced_model:openai%2Fgpt-9%2E1_2026-11-23",
    ]);
  });

  it("is made by the next check when no trigger made it, and published when nobody did", async () => {
    const { deps, published, unpriced, state } = setUp();
    unpriced.push(USE);
    state.isDown = true;
    expect(await checkBudgets(deps, NOW)).toMatchObject({ created: 1, published: 0 });
    state.isDown = false;
    expect(await checkBudgets(deps, NOW)).toMatchObject({ created: 0, published: 1 });
    expect(published).toHaveLength(1);
  });

  it("is looked for again when what was booked could not be read, and stops nothing else", async () => {
    const { deps, store, reported, unpriced, state } = setUp();
    unpriced.push(USE);
    state.isUnreadable = true;
    expect(await checkBudgets(deps, NOW)).toMatchObject({ created: 0 });
    expect(reported).toEqual([["alert", "unpriced_model"]]);
    expect(await store.checkedUntil()).toBeUndefined();
    state.isUnreadable = false;
    expect(await checkBudgets(deps, NOW)).toMatchObject({ created: 1, published: 1 });
    expect(await store.checkedUntil()).toEqual(NOW);
  });
});

function setUp() {
  const store = memoryBudgets();
  const published: Alert[] = [];
  const reported: [string, string][] = [];
  const unpriced: UnpricedUse[] = [];
  const state = { isDown: false, isUnreadable: false };
  const deps: CheckDeps = {
    store,
    publisher: {
      publish: async (alert) => {
        if (state.isDown) throw new Error("no topic");
        published.push(alert);
      },
    },
    earlier: {
      unnamed: async () => ({ amount: 0, isWhole: true }),
      oldestOpenCall: async () => undefined,
    },
    async *unpriced(since) {
      if (state.isUnreadable) throw new Error("no answer");
      yield unpriced.filter(({ at }) => at >= since);
    },
    reportFailure: (what, id) => reported.push([what, id]),
  };
  return { store, deps, published, reported, unpriced, state };
}
