import { BUDGET_CACHE_SECONDS } from "../config.ts";

/** When every instance knows of a change to the budgets. */
export function effectiveBy(changedAt: Date): string {
  return new Date(changedAt.getTime() + BUDGET_CACHE_SECONDS.value() * 1_000).toISOString();
}
