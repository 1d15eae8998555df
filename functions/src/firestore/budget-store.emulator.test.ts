import { afterAll, describe, expect, it } from "@jest/globals";
import {
  type AlertFilter,
  alertsDue,
  type BudgetAlert,
  type BudgetWindow,
} from "../budgets/alert.ts";
import type { Budget } from "../budgets/budget.ts";
import { EVERYONE } from "../budgets/budget.ts";
import { withOpening } from "../budgets/opening.ts";
import { deleteBudget } from "../budgets/set-budget.ts";
import { sampleBudget, sampleWindow } from "../budgets/testing/sample-budget.ts";
import { firestoreBudgets } from "./budget-store.ts";
import { applyPlan } from "./commit.ts";
import { emulatorDatabase } from "./testing/emulator.ts";

const DEADLINE_MS = 10_000;
const NOW = new Date("2026-11-22T14:00:00Z");
const db = emulatorDatabase("budget-store");
const store = firestoreBudgets(db, DEADLINE_MS);

afterAll(() => db.terminate());

describe("budgets", () => {
  /** Ended ones too. */
  async function stored(budgetId: string): Promise<Budget | undefined> {
    let found: Budget | undefined;
    await store.change(budgetId, (before) => {
      found = before;
      return undefined;
    });
    return found;
  }

  it("come back as they were set; those that have ended are not listed", async () => {
    const active = sampleBudget();
    const ended = sampleBudget({ scopeId: "zoe", endedAt: NOW });
    for (const budget of [active, ended]) await store.change(budget.budgetId, () => budget);
    expect(await store.listActive()).toEqual([active]);
    expect(await stored(ended.budgetId)).toEqual(ended);
  });

  it("are changed by one after the other, however many come at once", async () => {
    const budget = sampleBudget({ scopeId: "counted", limit: 1 });
    await store.change(budget.budgetId, () => budget);
    const raise = () =>
      store.change(budget.budgetId, (before) => before && { ...before, limit: before.limit + 1 });
    await Promise.all([raise(), raise(), raise(), raise(), raise()]);
    expect((await stored(budget.budgetId))?.limit).toBe(6);
  });

  it("are left alone when there is nothing to change", async () => {
    expect(await store.change("nobody's", () => undefined)).toBeUndefined();
    expect(await stored("nobody's")).toBeUndefined();
  });

  it("end once when many delete at once", async () => {
    const budget = sampleBudget({ scopeId: "deleted" });
    await store.change(budget.budgetId, () => budget);
    const at = (ms: number) => new Date(NOW.getTime() + ms);
    const deleting = [1, 2, 3].map((ms) => deleteBudget(store, budget.budgetId, at(ms)));
    const ends = await Promise.allSettled(deleting);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

describe("windows", () => {
  it("are read by id, more than one page of them, with 0 for what no call has moved", async () => {
    const ids = Array.from({ length: 310 }, (_, n) => `read-${n}`);
    await db.doc("budget_windows/read-305").set({ budgetId: "b", period: "2026-11" });
    const found = await store.windows(ids);
    expect(found).toHaveLength(310);
    expect(found.flatMap((window) => window ?? [])).toEqual([
      { windowId: "read-305", budgetId: "b", period: "2026-11", spent: 0, held: 0 },
    ]);
    expect(await store.windows([])).toEqual([]);
  });

  it("take an opening once while calls move them, to the unit", async () => {
    const budget = sampleBudget({ scopeId: "opened" });
    const window = sampleWindow(budget, "2026-11");
    const doc = { collection: "budget_windows" as const, id: window.windowId };
    const moves = Array.from({ length: 40 }, async (_, n) => {
      const outbox = { collection: "usage_outbox" as const, id: `open-${n}` };
      const add = {
        kind: "add" as const,
        doc,
        set: { budgetId: budget.budgetId },
        add: { spent: 10 },
      };
      await new Promise((resolve) => setTimeout(resolve, n * 3));
      await applyPlan(db, [{ kind: "create", doc: outbox, fields: {} }, add], DEADLINE_MS);
    });
    const open = (earlier: number, isFinal: boolean) =>
      store.changeWindow(
        window.windowId,
        (before) => withOpening(before ?? window, budget, earlier, isFinal),
        NOW,
      );
    await open(700, false);
    await Promise.all([open(900, false), open(900, false), ...moves]);
    await open(1_000, true);
    expect(await open(5_000, true)).toBeUndefined();
    expect((await store.windows([window.windowId]))[0]).toMatchObject({
      spent: 400 + 1_000,
      openingSpent: 1_000,
      openingFinal: true,
      updatedAt: NOW,
    });
  });

  it("are found by their last move, in whole pages", async () => {
    const batch = db.batch();
    for (let n = 0; n < 305; n += 1) {
      batch.set(db.doc(`budget_windows/moved-${n}`), { updatedAt: new Date(n % 5), spent: n });
    }
    batch.set(db.doc("budget_windows/moved-last"), { updatedAt: new Date(9), spent: 9 });
    await batch.commit();
    const since = async (ms: number) => {
      const ids: string[] = [];
      for await (const page of store.windowsMovedSince(new Date(ms))) {
        ids.push(...page.map(({ windowId }) => windowId).filter((id) => id.startsWith("moved")));
      }
      return ids;
    };
    expect(new Set(await since(0)).size).toBe(306);
    expect((await since(0)).at(-1)).toBe("moved-last");
    expect(await since(5)).toEqual(["moved-last"]);
    expect(await since(9)).toEqual(["moved-last"]);
  });

  it("are found by budget: one's own, or all that everyone's default can have", async () => {
    const everyones = sampleBudget({ unit: "tokens", window: "day" });
    const own = sampleBudget({ unit: "tokens", window: "day", scopeId: "u1" });
    for (const scopeId of ["u1", "u2"]) {
      for (const period of ["2026-11-21", "2026-11-22"]) {
        const window = sampleWindow(everyones, period, { scopeId });
        await store.changeWindow(window.windowId, () => window, NOW);
      }
    }
    const found = async (budget: typeof own) => {
      const windows: BudgetWindow[] = [];
      for await (const page of store.windowsOfBudget(budget, "2026-11-22")) windows.push(...page);
      return windows.map(({ scopeId, period }) => `${scopeId} ${period}`);
    };
    expect(own.scopeKey).not.toBe(EVERYONE);
    expect(await found(own)).toEqual(["u1 2026-11-22"]);
    expect(await found(everyones)).toEqual(["u1 2026-11-22", "u2 2026-11-22"]);
  });
});

describe("alerts", () => {
  const budget = sampleBudget({ limit: 100, thresholdsPerMille: [500] });
  const alertOf = (scopeId: string, at: number): BudgetAlert => {
    const window = sampleWindow(budget, "2026-11", { scopeId, spent: 60 });
    const [alert] = alertsDue(budget, window, new Set(), new Date(at));
    return alert as BudgetAlert;
  };
  const alerts = ["alice", "u1", "u2", "u4", "u5", "u7", "u8"].map(alertOf);

  it("are created once, and come back as they were", async () => {
    for (const alert of alerts) expect(await store.createAlert(alert)).toBe(true);
    const [first] = alerts as [BudgetAlert];
    expect(await store.createAlert(first)).toBe(false);
    const ids = alerts.map(({ alertId }) => alertId);
    expect(await store.existingAlerts(["none", ...ids])).toEqual(new Set(ids));
    expect((await list({ userId: "alice" })).items).toEqual([first]);
  });

  it("wait for the topic, oldest first, until they are published", async () => {
    expect((await store.unpublishedAlerts(3)).map(({ userId }) => userId)).toEqual([
      "alice",
      "u1",
      "u2",
    ]);
    await store.markPublished(idOf("u1"), NOW);
    const waiting = await store.unpublishedAlerts(100);
    expect(waiting.map(({ userId }) => userId)).toEqual(["alice", "u2", "u4", "u5", "u7", "u8"]);
    expect((await list({ userId: "u1" })).items[0]?.publishedAt).toEqual(NOW);
  });

  it("are acknowledged by whoever was first", async () => {
    const alertId = idOf("u2");
    const first = await store.acknowledge(alertId, "root", NOW);
    expect(first).toMatchObject({ acknowledgedBy: "root", acknowledgedAt: NOW });
    expect(await store.acknowledge(alertId, "other", new Date(0))).toEqual(first);
    expect(await store.acknowledge("none", "root", NOW)).toBeUndefined();
  });

  it.each([
    ["all", undefined, ["u8", "u7", "u5", "u4", "u2", "u1", "alice"]],
    ["open", undefined, ["u8", "u7", "u5", "u4", "u1", "alice"]],
    ["acknowledged", undefined, ["u2"]],
    ["all", "u2", ["u2"]],
    ["open", "u2", []],
    ["acknowledged", "u2", ["u2"]],
    ["acknowledged", "u1", []],
  ] as const)("that are %s, of %s: newest first, page by page", async (state, userId, expected) => {
    const seen: (string | null)[] = [];
    let cursor: string | undefined;
    do {
      const page = await list({ state, userId, limit: 2, cursor });
      seen.push(...page.items.map(({ userId }) => userId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(expected);
  });

  it.each(["none", "a/b", ""])("are not listed behind %j, which no list gave", async (cursor) => {
    await expect(list({ cursor })).rejects.toMatchObject({ reason: "INVALID_FIELD" });
  });

  function idOf(scopeId: string): string {
    return alertOf(scopeId, 0).alertId;
  }

  function list(filter: Partial<AlertFilter>) {
    return store.listAlerts({
      userId: undefined,
      state: "all",
      limit: 50,
      cursor: undefined,
      ...filter,
    });
  }
});

it("remembers how far the budgets were checked", async () => {
  expect(await store.checkedUntil()).toBeUndefined();
  await store.setCheckedUntil(NOW);
  expect(await store.checkedUntil()).toEqual(NOW);
});
