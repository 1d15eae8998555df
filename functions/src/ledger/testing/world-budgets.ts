import type { Budget } from "../../budgets/budget.ts";
import { sampleBudget } from "../../budgets/testing/sample-budget.ts";
import type { DocumentKey, Fields } from "../plan.ts";
import type { BlockedWindow } from "../reserve.ts";

/** What an administrator may set: 1 000 000 nanoUSD are 1 000 input or 250 output tokens. */
export type BudgetWish = Partial<
  Pick<Budget, "scope" | "scopeId" | "unit" | "window" | "limit" | "enforcement">
>;

/** Budgets as they were set one after the other, and what their windows may come to. */
export class WorldBudgets {
  private readonly versions: Budget[] = [];
  /** By window id: the highest limit that an admission was begun with. */
  private readonly limits = new Map<string, number>();
  /** Admissions that took a window beyond its limit. */
  readonly problems: string[] = [];

  /** As `setBudget` does it: `since` moves when the enforcement changes. */
  set(wish: BudgetWish, nowMs: number): void {
    const now = new Date(nowMs);
    const next = sampleBudget({ ...wish, since: now, updatedAt: now });
    const before = this.knownAt(nowMs).find(({ budgetId }) => budgetId === next.budgetId);
    const isSame = before?.enforcement === next.enforcement;
    this.versions.push(isSame ? { ...next, since: before.since } : next);
  }

  /** Of each budget the last version until an instant. */
  knownAt(atMs: number): Budget[] {
    const known = this.versions.filter(({ updatedAt }) => updatedAt.getTime() <= atMs);
    return [...new Map(known.map((budget) => [budget.budgetId, budget])).values()];
  }

  /** Everybody who asks holds an admission to the limits that it was begun with. */
  asked(windows: readonly BlockedWindow[]): void {
    for (const { budget, move } of windows) {
      const limit = Math.max(this.limits.get(move.windowId) ?? 0, budget.limit);
      this.limits.set(move.windowId, limit);
    }
  }

  /** Only admissions raise what is held, and none of them may take a window beyond its limit. */
  changed({ collection, id }: DocumentKey, before: Fields | undefined, after: Fields | undefined) {
    if (collection !== "budget_windows") return;
    const { spent = 0, held = 0 } = (after ?? {}) as Record<string, number>;
    const raised = held - Number(before?.held ?? 0);
    const limit = this.limits.get(id) ?? 0;
    if (raised <= 0 || spent + held <= limit) return;
    this.problems.push(`${id} was taken to ${spent} + ${held} of ${limit}`);
  }
}
