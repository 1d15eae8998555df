import type { BudgetScope, BudgetUnit } from "../budgets/budget.ts";
import type { Window } from "../core/period.ts";

/** A budget window that an entry moves, decided at admission and carried by hold, entry and outbox. */
export interface WindowMove {
  /** Document id in `budget_windows`. */
  readonly windowId: string;
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly scopeId: string;
  /** Whose window it is, for the security rules; null for windows that people share. */
  readonly userId: string | null;
  readonly unit: BudgetUnit;
  readonly window: Window;
  readonly period: string;
  /** "settle": with the entries' own commit (`block`). "trigger": when they are aggregated (`alert`). */
  readonly mover: "settle" | "trigger";
  /** What its hold took, in the unit's integer, given back by the commit that deletes the hold; 0 for `alert`. */
  readonly reserved: number;
  /** Of the budget: when it was made or its enforcement changed. */
  readonly since: Date;
  /** null: never, for a lifetime does not end. */
  readonly expireAt: Date | null;
}

/** Whether it moves with the entries' own commit. */
export function isSettled({ mover }: Pick<WindowMove, "mover">): boolean {
  return mover === "settle";
}
