import { encodeKey } from "../../core/ids.ts";
import type { BudgetWindow } from "../alert.ts";
import { type Budget, budgetIdOf, EVERYONE, windowExpiry, windowIdOf } from "../budget.ts";

export const SAMPLE_SINCE = new Date("2026-11-02T09:00:00Z");

/** A budget of 5 dollars a month for every user, unless told otherwise. */
export function sampleBudget(more: Partial<Budget> = {}): Budget {
  const { scope = "user", scopeId = EVERYONE, unit = "usd", window = "month" } = more;
  const isPlain = scopeId === EVERYONE || scope === "session";
  const scopeKey = isPlain ? scopeId : encodeKey(scopeId);
  return {
    budgetId: budgetIdOf(scope, scopeKey, unit, window),
    name: null,
    scope,
    scopeId,
    scopeKey,
    userId: scope === "user" && scopeId !== EVERYONE ? scopeId : null,
    unit,
    window,
    limit: 5_000_000_000,
    thresholdsPerMille: [800, 1_000],
    enforcement: "alert",
    onStoreError: "deny",
    onUnknownPrice: "deny",
    downgradeTo: null,
    since: SAMPLE_SINCE,
    updatedAt: SAMPLE_SINCE,
    endedAt: null,
    ...more,
  };
}

/** The window of one user, or of whom the budget names. */
export function sampleWindow(
  budget: Budget,
  period: string,
  more: Partial<BudgetWindow> = {},
): BudgetWindow {
  const { scope, unit, window, since } = budget;
  const scopeId = more.scopeId ?? (budget.scopeId === EVERYONE ? "alice" : budget.scopeId);
  return {
    windowId: windowIdOf(budget, scope === "session" ? scopeId : encodeKey(scopeId), period),
    budgetId: budget.budgetId,
    scope,
    scopeId,
    userId: scope === "user" ? scopeId : null,
    unit,
    window,
    period,
    spent: 0,
    held: 0,
    since,
    expireAt: windowExpiry(Date.parse("2026-12-01T00:00:00Z")),
    ...more,
  };
}
