import { describe, expect, it } from "@jest/globals";
import type { BudgetAlert } from "./alert.ts";
import { publishPending } from "./alerting.ts";
import type { Budget } from "./budget.ts";
import {
  type CheckDeps,
  checkBudgets,
  checkWindows,
  type WindowCheckDeps,
} from "./check-budgets.ts";
import { setBudget } from "./set-budget.ts";
import { memoryBudgets } from "./testing/memory-budget-store.ts";
import { sampleBudget, sampleWindow } from "./testing/sample-budget.ts";

const DOLLAR = 1_000_000_000;
const MINUTE_MS = 60_000;
const NOW = new Date("2026-11-22T14:00:00Z");
/** As old as its windows, so that none of them lacks anything. */
const everyones = sampleBudget({
  since: new Date("2026-10-01T00:00:00Z"),
  updatedAt: new Date("2026-10-01T00:00:00Z"),
});

describe("checkBudgets", () => {
  it("alerts once on every window that moved since the last run", async () => {
    const world = await setUp();
    await world.spend("alice", 4 * DOLLAR);
    await world.spend("bob", 5 * DOLLAR);
    await world.spend("carol", 1 * DOLLAR);
    expect(await checkBudgets(world.deps, NOW)).toEqual({ windows: 3, created: 3, published: 2 });
    expect(world.published.map(({ alertId }) => alertId).sort()).toEqual([
      "user:alice:usd:month_2026-11_800_5000000000",
      "user:bob:usd:month_2026-11_1000_5000000000",
    ]);
    expect(await checkBudgets(world.deps, later(5))).toMatchObject({ created: 0, published: 0 });
  });

  it("looks back ten minutes behind its last run, for moves carry clocks of others", async () => {
    const world = await setUp();
    await checkBudgets(world.deps, NOW);
    await world.spend("alice", 5 * DOLLAR, later(-10));
    await world.spend("bob", 5 * DOLLAR, new Date(later(-10).getTime() - 1));
    expect(await checkBudgets(world.deps, later(5))).toMatchObject({ windows: 1, created: 2 });
  });

  it("misses nothing after a run whose clock was ahead", async () => {
    const world = await setUp();
    await checkBudgets(world.deps, later(60));
    await world.spend("alice", 5 * DOLLAR, later(1));
    expect(await checkBudgets(world.deps, later(5))).toMatchObject({ windows: 1, created: 2 });
  });

  it("sees a lowered limit at its next run, though the window has not moved", async () => {
    const world = await setUp();
    await world.spend("alice", 2 * DOLLAR, later(-60 * 24));
    await checkBudgets(world.deps, NOW);
    await checkBudgets(world.deps, later(30));
    const { budgetId, scopeKey, userId, since, updatedAt, endedAt, ...setting } = everyones;
    await setBudget(world.store, { ...setting, limit: DOLLAR }, "demo", later(31));
    await checkBudgets(world.deps, later(35));
    expect(world.published).toMatchObject([
      { type: "budget_exceeded", limit: DOLLAR, spent: 2 * DOLLAR, scopeId: "alice" },
    ]);
  });

  it("alerts anew under a raised limit", async () => {
    const world = await setUp();
    await world.spend("alice", 5 * DOLLAR);
    await checkBudgets(world.deps, NOW);
    await world.store.change(
      everyones.budgetId,
      (budget) => budget && { ...budget, limit: 6 * DOLLAR, updatedAt: later(1) },
    );
    await checkBudgets(world.deps, later(5));
    expect(
      world.published.map(({ limit, thresholdPerMille }) => [limit, thresholdPerMille]),
    ).toEqual([
      [5 * DOLLAR, 1_000],
      [6 * DOLLAR, 800],
    ]);
  });

  it("judges a window by its scope's own budget, and by the default when that has ended", async () => {
    const world = await setUp();
    const own = sampleBudget({
      ...everyones,
      scopeId: "alice",
      budgetId: "user:alice:usd:month",
      scopeKey: "alice",
      limit: 100 * DOLLAR,
    });
    await world.store.change(own.budgetId, () => own);
    await world.spend("alice", 5 * DOLLAR);
    expect(await checkBudgets(world.deps, NOW)).toMatchObject({ created: 0 });
    await world.store.change(own.budgetId, () => ({ ...own, endedAt: NOW }));
    expect(await checkBudgets(world.deps, later(5))).toMatchObject({ created: 2 });
  });

  it("has nothing to say of windows whose budgets have ended", async () => {
    const world = await setUp();
    await world.store.change(everyones.budgetId, () => ({ ...everyones, endedAt: NOW }));
    await world.spend("alice", 5 * DOLLAR);
    expect(await checkBudgets(world.deps, NOW)).toEqual({ windows: 1, created: 0, published: 0 });
  });

  it("publishes again what did not reach the topic", async () => {
    const world = await setUp();
    world.unpublishable.add("alice");
    await world.spend("alice", 4 * DOLLAR);
    await world.spend("bob", 4 * DOLLAR);
    expect(await checkBudgets(world.deps, NOW)).toMatchObject({ created: 2, published: 1 });
    expect(world.reported).toEqual([["alert", "user:alice:usd:month_2026-11_800_5000000000"]]);
    world.unpublishable.clear();
    expect(await checkBudgets(world.deps, later(5))).toMatchObject({ created: 0, published: 1 });
    expect(world.published.map(({ scopeId }) => scopeId)).toEqual(["bob", "alice"]);
    expect(world.published[1]?.publishedAt).toEqual(later(5));
  });

  it("lets no broken window stop the others", async () => {
    const world = await setUp();
    await world.spend("alice", 0.5);
    await world.spend("bob", 5 * DOLLAR);
    expect(await checkBudgets(world.deps, NOW)).toMatchObject({ created: 2 });
    expect(world.reported).toEqual([["window", "user:alice:usd:month_2026-11"]]);
  });

  it("counts what was spent before the budget was made, and alerts on it in the same run", async () => {
    const world = await setUp();
    const young = sampleBudget({ scopeId: "dora", since: later(-1), updatedAt: later(-1) });
    await world.store.change(young.budgetId, () => young);
    world.earlier.set("user:dora:usd:month_2026-11", 4 * DOLLAR);
    expect(await checkBudgets(world.deps, NOW)).toEqual({ windows: 1, created: 1, published: 1 });
    expect(world.published).toMatchObject([
      { scopeId: "dora", spent: 4 * DOLLAR, percentUsed: 80 },
    ]);
  });

  it("does so for everyone's default where a call has moved the window", async () => {
    const world = await setUp();
    await world.store.change(everyones.budgetId, () => ({
      ...everyones,
      since: later(-1),
      updatedAt: later(-1),
    }));
    world.earlier.set("user:alice:usd:month_2026-11", 3 * DOLLAR);
    world.earlier.set("user:bob:usd:month_2026-11", 9 * DOLLAR);
    await world.spend("alice", 1 * DOLLAR);
    await checkBudgets(world.deps, NOW);
    expect(world.published).toMatchObject([{ scopeId: "alice", spent: 4 * DOLLAR }]);
  });

  it("comes back to windows that it could not open in one run", async () => {
    const world = await setUp();
    await world.store.change(everyones.budgetId, () => ({
      ...everyones,
      since: later(-1),
      updatedAt: later(-1),
    }));
    for (let n = 0; n < 301; n += 1) await world.spend(`user-${n}`, 1);
    await checkBudgets(world.deps, NOW);
    expect(await world.store.checkedUntil()).toBeUndefined();
    await checkBudgets(world.deps, later(30));
    await checkBudgets(world.deps, later(60));
    expect(await world.store.checkedUntil()).toEqual(later(60));
  });
});

describe("checkWindows", () => {
  it("alerts on the windows that just moved, and publishes one message", async () => {
    const world = await setUp();
    const windowId = await world.spend("alice", 5 * DOLLAR);
    await world.spend("bob", 5 * DOLLAR);
    expect(await checkWindows(world.deps, [windowId, "user:nobody:usd:month_2026-11"], NOW)).toBe(
      2,
    );
    expect(world.published).toMatchObject([{ type: "budget_exceeded", scopeId: "alice" }]);
    expect(await checkWindows(world.deps, [windowId], NOW)).toBe(0);
    expect(world.published).toHaveLength(1);
  });

  it("reads no alerts while nothing is reached, and nothing at all without windows", async () => {
    const world = await setUp();
    const windowId = await world.spend("alice", 1);
    const asked: (readonly string[])[] = [];
    const store = {
      ...world.store,
      existingAlerts: async (ids: readonly string[]) => {
        asked.push(ids);
        return new Set<string>();
      },
    };
    await checkWindows({ ...world.deps, store }, [windowId], NOW);
    expect(asked).toEqual([]);
    const unused = new Proxy({}, { get: () => expect(true).toBe(false) });
    expect(await checkWindows({ ...world.deps, store: unused as typeof store }, [], NOW)).toBe(0);
  });

  it("judges by one's own budget before the default, and by none that has ended", async () => {
    const world = await setUp();
    const own = sampleBudget({
      ...everyones,
      scopeId: "alice",
      budgetId: "user:alice:usd:month",
      scopeKey: "alice",
      limit: 100 * DOLLAR,
    });
    const windowId = await world.spend("alice", 5 * DOLLAR);
    await world.store.change(own.budgetId, () => own);
    expect(await checkWindows(world.deps, [windowId], NOW)).toBe(0);
    await world.store.change(own.budgetId, () => ({ ...own, endedAt: NOW }));
    await world.store.change(everyones.budgetId, () => ({ ...everyones, endedAt: NOW }));
    expect(await checkWindows(world.deps, [windowId], NOW)).toBe(0);
  });

  it("creates each alert once when two look at the same time", async () => {
    const world = await setUp();
    const windowId = await world.spend("alice", 5 * DOLLAR);
    const created = await Promise.all([
      checkWindows(world.deps, [windowId], NOW),
      checkWindows(world.deps, [windowId], NOW),
    ]);
    expect(created[0] + created[1]).toBe(2);
    expect(world.published).toHaveLength(1);
  });
});

describe("publishPending", () => {
  it("publishes nothing twice", async () => {
    const world = await setUp();
    await world.spend("alice", 4 * DOLLAR);
    await checkBudgets(world.deps, NOW);
    expect(await publishPending(world.deps, NOW)).toBe(0);
  });
});

async function setUp() {
  const store = memoryBudgets();
  await store.change(everyones.budgetId, () => everyones);
  const published: BudgetAlert[] = [];
  const unpublishable = new Set<string>();
  const reported: [string, string][] = [];
  const earlier = new Map<string, number>();
  const deps: CheckDeps & WindowCheckDeps = {
    store,
    activeBudgets: () => store.listActive(),
    publisher: {
      publish: async (alert) => {
        if (alert.type === "unpriced_model") throw new Error("not asked for");
        if (unpublishable.has(alert.scopeId)) throw new Error("no topic");
        published.push(alert);
      },
    },
    earlier: {
      unnamed: async ({ windowId }) => ({ amount: earlier.get(windowId) ?? 0, isWhole: true }),
      oldestOpenCall: async () => undefined,
    },
    async *unpriced() {},
    reportFailure: (what, id) => reported.push([what, id]),
  };
  const spend = async (scopeId: string, spent: number, at = NOW, budget: Budget = everyones) => {
    const window = sampleWindow(budget, "2026-11", { scopeId, spent });
    await store.changeWindow(window.windowId, () => window, at);
    return window.windowId;
  };
  return { store, deps, published, unpublishable, reported, earlier, spend };
}

function later(minutes: number): Date {
  return new Date(NOW.getTime() + minutes * MINUTE_MS);
}
