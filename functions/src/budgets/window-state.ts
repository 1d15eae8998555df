import type { Window } from "../core/period.ts";
import type { ApplicableWindow } from "./applicable.ts";
import type { BudgetScope, BudgetUnit, Enforcement } from "./budget.ts";

/** What a caller is told of a budget that applies; amounts in the unit's integer. */
export interface WindowState {
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly scopeId: string;
  readonly unit: BudgetUnit;
  readonly window: Window;
  readonly period: string;
  readonly limit: number;
  readonly spent: number;
  readonly held: number;
  /** limit - spent - held, at least 0 */
  readonly left: number;
  /** ISO instant; null for a lifetime. */
  readonly resetsAt: string | null;
  readonly enforcement: Enforcement;
}

export interface Spending {
  readonly spent: number;
  readonly held: number;
}

export const NOTHING_SPENT: Spending = { spent: 0, held: 0 };

export function windowState(window: ApplicableWindow, { spent, held }: Spending): WindowState {
  const { budget, scopeId, period, endMs } = window;
  return {
    budgetId: budget.budgetId,
    scope: budget.scope,
    scopeId,
    unit: budget.unit,
    window: budget.window,
    period,
    limit: budget.limit,
    spent,
    held,
    left: Math.max(budget.limit - spent - held, 0),
    resetsAt: endMs === undefined ? null : new Date(endMs).toISOString(),
    enforcement: budget.enforcement,
  };
}
