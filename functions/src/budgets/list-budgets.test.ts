import { describe, expect, it } from "@jest/globals";
import type { Budget } from "./budget.ts";
import { type BudgetFilter, listBudgets, type ProvenScopes } from "./list-budgets.ts";
import { memoryBudgets } from "./testing/memory-budget-store.ts";
import { sampleBudget, sampleWindow } from "./testing/sample-budget.ts";

const NOW_MS = Date.parse("2026-11-22T14:00:00Z");
const ALICE: ProvenScopes = {
  userId: "alice",
  orgId: "acme",
  department: null,
  projectId: "demo",
};
const everyones = sampleBudget();
const alices = sampleBudget({ scopeId: "alice", unit: "tokens", limit: 1_000 });
const bobs = sampleBudget({ scopeId: "bob" });
const acmes = sampleBudget({ scope: "org", scopeId: "acme", window: "lifetime" });
const agents = sampleBudget({ scope: "agent", scopeId: "planner" });

describe("listBudgets", () => {
  it("shows an administrator all budgets by id, with the windows of those that name somebody", async () => {
    const { list } = await setUp();
    const { items, nextCursor } = await list(undefined);
    expect(items.map(({ budget }) => budget.budgetId)).toEqual([
      "agent:planner:usd:month",
      "org:acme:usd:lifetime",
      "user:*:usd:month",
      "user:alice:tokens:month",
      "user:bob:usd:month",
    ]);
    expect(items.map(({ current }) => current?.spent)).toEqual([0, 0, undefined, 300, 0]);
    expect(nextCursor).toBeNull();
  });

  it("shows a user those that apply to what her token proves, everyone's default with her own window", async () => {
    const { list } = await setUp();
    const { items } = await list(ALICE);
    expect(items).toEqual([
      {
        budget: acmes,
        current: { period: "all", spent: 0, held: 0, left: 5_000_000_000, resetsAt: null },
      },
      {
        budget: everyones,
        current: {
          period: "2026-11",
          spent: 40,
          held: 2,
          left: 4_999_999_958,
          resetsAt: "2026-12-01T00:00:00.000Z",
        },
      },
      {
        budget: alices,
        current: {
          period: "2026-11",
          spent: 300,
          held: 0,
          left: 700,
          resetsAt: "2026-12-01T00:00:00.000Z",
        },
      },
    ]);
  });

  it("shows only a scope when asked for one", async () => {
    const { list } = await setUp();
    const { items } = await list(undefined, { scope: "org" });
    expect(items.map(({ budget }) => budget)).toEqual([acmes]);
  });

  it.each([1, 2, 3, 4])("pages by %d without a gap and without a repetition", async (limit) => {
    const { list } = await setUp();
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(undefined, { limit, cursor });
      seen.push(...page.items.map(({ budget }) => budget.budgetId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual([...new Set(seen)]);
    expect(seen).toHaveLength(5);
  });

  it("goes on where it was when the cursor's budget was deleted meanwhile", async () => {
    const { list, store } = await setUp();
    const { nextCursor } = await list(undefined, { limit: 2 });
    await store.change(nextCursor ?? "", (budget) => budget && { ...budget, endedAt: new Date() });
    const { items } = await list(undefined, { limit: 1, cursor: nextCursor ?? undefined });
    expect(items.map(({ budget }) => budget)).toEqual([everyones]);
  });

  it("is empty behind the last one, and refuses a cursor that no list gave", async () => {
    const { list } = await setUp();
    expect(await list(undefined, { cursor: "user:zoe:usd:month" })).toEqual({
      items: [],
      nextCursor: null,
    });
    await expect(list(undefined, { cursor: "a" })).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      facts: { field: "cursor" },
    });
  });
});

async function setUp() {
  const store = memoryBudgets();
  for (const budget of [everyones, alices, bobs, acmes, agents]) {
    await store.change(budget.budgetId, () => budget);
  }
  const put = (budget: Budget, spent: number, held: number) =>
    store.changeWindow(
      sampleWindow(budget, "2026-11").windowId,
      () => sampleWindow(budget, "2026-11", { spent, held }),
      new Date(NOW_MS),
    );
  await put(alices, 300, 0);
  await put(everyones, 40, 2);
  const list = (who: ProvenScopes | undefined, filter: Partial<BudgetFilter> = {}) =>
    listBudgets(store, who, { limit: 50, ...filter }, NOW_MS);
  return { store, list };
}
