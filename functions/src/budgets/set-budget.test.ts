import { describe, expect, it } from "@jest/globals";
import { sessionScopeId } from "./budget.ts";
import { type BudgetSetting, deleteBudget, MAX_ACTIVE_BUDGETS, setBudget } from "./set-budget.ts";
import { memoryBudgets } from "./testing/memory-budget-store.ts";
import { sampleBudget } from "./testing/sample-budget.ts";

const NOW = new Date("2026-11-22T14:00:00Z");
const LATER = new Date("2026-11-23T14:00:00Z");
const SETTING: BudgetSetting = {
  name: "Everyone",
  scope: "user",
  scopeId: "*",
  unit: "usd",
  window: "month",
  limit: 5_000_000_000,
  thresholdsPerMille: [800, 1_000],
  enforcement: "alert",
  onStoreError: "deny",
  onUnknownPrice: "deny",
  downgradeTo: null,
};

describe("setBudget", () => {
  it("makes a budget under an id of its scope, unit and window", async () => {
    const { set, store } = setUp();
    expect(await set()).toEqual({
      ...SETTING,
      budgetId: "user:*:usd:month",
      scopeKey: "*",
      userId: null,
      since: NOW,
      updatedAt: NOW,
      endedAt: null,
    });
    expect(await store.listActive()).toHaveLength(1);
  });

  it.each<[Partial<BudgetSetting>, string, string | null]>([
    [{ scopeId: "al_ice" }, "user:al%5Fice:usd:month", "al_ice"],
    [{ scope: "org", scopeId: "acme" }, "org:acme:usd:month", null],
    [
      { scope: "session", scopeId: sessionScopeId("al_ice", "s/1") },
      "session:al%5Fice_s%2F1:usd:month",
      "al_ice",
    ],
    [{ scope: "project", scopeId: "demo", unit: "tokens" }, "project:demo:tokens:month", null],
  ])("knows whose it is: %j", async (more, budgetId, userId) => {
    const { set } = setUp();
    expect(await set(more)).toMatchObject({ budgetId, userId });
  });

  it("keeps since when the limit, the name or the thresholds change", async () => {
    const { set } = setUp();
    await set();
    const changed = { limit: 1, name: null, thresholdsPerMille: [500] };
    expect(await set(changed, LATER)).toMatchObject({ ...changed, since: NOW, updatedAt: LATER });
  });

  it("moves since when it is made anew", async () => {
    const { set, store } = setUp();
    await set();
    await deleteBudget(store, "user:*:usd:month", NOW);
    expect(await set({}, LATER)).toMatchObject({ since: LATER, endedAt: null });
  });

  it("moves since when its enforcement changes", async () => {
    const { set } = setUp();
    await set();
    expect(await set({ enforcement: "block" }, LATER)).toMatchObject({ since: LATER });
  });

  it.each<[string, string, Partial<BudgetSetting>]>([
    ["downgradeTo", "a downgrade", { downgradeTo: "gpt-4o-mini" }],
    ["scopeId", "another project", { scope: "project", scopeId: "other" }],
    ["scopeId", "a session without its user", { scope: "session", scopeId: "s1" }],
    ["scopeId", "a session that is not encoded", { scope: "session", scopeId: "al ice_s1" }],
    ["scopeId", "a user that is no UTF-8", { scope: "session", scopeId: "%FF_s1" }],
  ])("refuses with INVALID_FIELD of %s what it cannot hold: %s", async (field, _what, more) => {
    const { set, store } = setUp();
    await expect(set(more)).rejects.toMatchObject({ reason: "INVALID_FIELD", facts: { field } });
    expect(await store.listActive()).toEqual([]);
  });

  it(`refuses more than ${MAX_ACTIVE_BUDGETS} budgets, but lets those be changed`, async () => {
    const { store } = setUp();
    const many = Array.from({ length: MAX_ACTIVE_BUDGETS }, (_, n) =>
      sampleBudget({ scopeId: `user-${n}` }),
    );
    const full = { ...store, listActive: async () => many };
    const set = (scopeId: string) => setBudget(full, { ...SETTING, scopeId }, "demo", NOW);
    await expect(set("one-more")).rejects.toMatchObject({ reason: "INVALID_FIELD" });
    await expect(set("user-7")).resolves.toMatchObject({ scopeId: "user-7" });
  });
});

describe("deleteBudget", () => {
  it("ends a budget once", async () => {
    const { set, store } = setUp();
    await set();
    await deleteBudget(store, "user:*:usd:month", LATER);
    expect(await store.listActive()).toEqual([]);
    await store.change("user:*:usd:month", (ended) => {
      expect(ended).toMatchObject({ endedAt: LATER, updatedAt: LATER });
      return undefined;
    });
    const again = new Date(LATER.getTime() + 1);
    await expect(deleteBudget(store, "user:*:usd:month", again)).rejects.toMatchObject({
      reason: "NOT_FOUND",
      facts: { budgetId: "user:*:usd:month" },
    });
  });

  it("knows its own work, which a repeated commit meets", async () => {
    const { set, store } = setUp();
    await set();
    const twice: typeof store = {
      ...store,
      change: async (id, change) => {
        await store.change(id, change);
        return store.change(id, change);
      },
    };
    await expect(deleteBudget(twice, "user:*:usd:month", LATER)).resolves.toBeUndefined();
  });

  it("does not know a budget that never was", async () => {
    const { store } = setUp();
    await expect(deleteBudget(store, "user:x:usd:day", NOW)).rejects.toMatchObject({
      reason: "NOT_FOUND",
    });
  });
});

function setUp() {
  const store = memoryBudgets();
  const set = (more: Partial<BudgetSetting> = {}, now = NOW) =>
    setBudget(store, { ...SETTING, ...more }, "demo", now);
  return { store, set };
}
