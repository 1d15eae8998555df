import { invalidField } from "../core/errors.ts";
import { periodBounds, periodOf } from "../core/period.ts";
import { type ApplicableWindow, applicableWindows, type ScopeIds } from "./applicable.ts";
import { type Budget, type BudgetScope, EVERYONE, windowIdOf } from "./budget.ts";
import type { BudgetStore } from "./port.ts";
import { NOTHING_SPENT, windowState } from "./window-state.ts";

export interface BudgetFilter {
  readonly scope?: BudgetScope | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The window of now; null where a default stands for everyone and nobody's window is meant. */
export interface ListedBudget {
  readonly budget: Budget;
  readonly current: CurrentWindow | null;
}

export interface CurrentWindow {
  readonly period: string;
  readonly spent: number;
  readonly held: number;
  readonly left: number;
  readonly resetsAt: string | null;
}

export interface BudgetPage {
  readonly items: readonly ListedBudget[];
  readonly nextCursor: string | null;
}

/** Whose budgets: what a token proves, nothing that a client claims. */
export type ProvenScopes = Pick<ScopeIds, "userId" | "orgId" | "department" | "projectId">;

/** By id; a page's cursor is its last one. `who` undefined: an administrator, who sees all. */
export async function listBudgets(
  store: BudgetStore,
  who: ProvenScopes | undefined,
  { scope, limit, cursor }: BudgetFilter,
  nowMs: number,
): Promise<BudgetPage> {
  const budgets = await store.listActive();
  const candidates = who
    ? ownWindows(budgets, who, nowMs)
    : budgets.map((budget) => ({ budget, window: undefined }));
  const wanted = candidates
    .filter(({ budget }) => scope === undefined || budget.scope === scope)
    .sort((a, b) => (a.budget.budgetId < b.budget.budgetId ? -1 : 1));
  const page = wanted.slice(startOf(wanted, cursor), startOf(wanted, cursor) + limit);
  const windows = page.map(({ budget, window }) => window ?? namedWindow(budget, nowMs));
  const last = page.at(-1)?.budget.budgetId ?? null;
  return {
    items: await withSpending(
      store,
      page.map(({ budget }) => budget),
      windows,
    ),
    nextCursor: last !== null && last !== wanted.at(-1)?.budget.budgetId ? last : null,
  };
}

function ownWindows(budgets: readonly Budget[], who: ProvenScopes, nowMs: number) {
  const ids: ScopeIds = { ...who, apiKeyId: null, sessionId: null, agent: null };
  return applicableWindows(budgets, ids, nowMs).map((window) => ({
    budget: window.budget,
    window,
  }));
}

/** What an administrator sees of a budget that names somebody: that one's window. */
function namedWindow(budget: Budget, nowMs: number): ApplicableWindow | undefined {
  if (budget.scopeKey === EVERYONE) return undefined;
  const period = periodOf(budget.window, nowMs);
  const { scopeId, userId } = budget;
  const windowId = windowIdOf(budget, budget.scopeKey, period);
  return { budget, windowId, scopeId, userId, period, ...periodBounds(budget.window, period) };
}

async function withSpending(
  store: BudgetStore,
  budgets: readonly Budget[],
  windows: readonly (ApplicableWindow | undefined)[],
): Promise<ListedBudget[]> {
  const known = windows.filter((window) => window !== undefined);
  const found = await store.windows(known.map(({ windowId }) => windowId));
  const spending = new Map(
    known.map(({ windowId }, index) => [windowId, found[index] ?? NOTHING_SPENT]),
  );
  return budgets.map((budget, index) => {
    const window = windows[index];
    if (!window) return { budget, current: null };
    const state = windowState(window, spending.get(window.windowId) ?? NOTHING_SPENT);
    const { period, spent, held, left, resetsAt } = state;
    return { budget, current: { period, spent, held, left, resetsAt } };
  });
}

function startOf(
  wanted: readonly { readonly budget: Budget }[],
  cursor: string | undefined,
): number {
  if (cursor === undefined) return 0;
  const at = wanted.findIndex(({ budget }) => budget.budgetId > cursor);
  if (!wanted.some(({ budget }) => budget.budgetId <= cursor)) {
    throw invalidField("cursor", "is not one that a list gave");
  }
  return at < 0 ? wanted.length : at;
}
