import { encodeKey } from "../core/ids.ts";
import { DAY_MS, type Window } from "../core/period.ts";

export const BUDGET_SCOPES = [
  "user",
  "key",
  "session",
  "agent",
  "department",
  "org",
  "project",
] as const;
export type BudgetScope = (typeof BUDGET_SCOPES)[number];
export const BUDGET_UNITS = ["usd", "tokens", "requests"] as const;
export type BudgetUnit = (typeof BUDGET_UNITS)[number];
export type Enforcement = "alert" | "block";

/** The default for every one of a scope that has no own budget of that unit and window. */
export const EVERYONE = "*";

/** A limit for a scope, a unit and a window, as stored in `budgets`. */
export interface Budget {
  readonly budgetId: string;
  readonly name: string | null;
  readonly scope: BudgetScope;
  /** "*", or the id of the one it is for; of a session "{uid}_{session}", both encoded. */
  readonly scopeId: string;
  /** The scope id as it stands in document ids. */
  readonly scopeKey: string;
  /** Whose budget it is, for the security rules; null for those that people share. */
  readonly userId: string | null;
  readonly unit: BudgetUnit;
  readonly window: Window;
  /** In the unit's integer: nanoUSD, tokens or requests. */
  readonly limit: number;
  /** In per mille of the limit, ascending: 800 is 80 %. */
  readonly thresholdsPerMille: readonly number[];
  readonly enforcement: Enforcement;
  readonly onStoreError: "deny" | "allow";
  readonly onUnknownPrice: "deny" | "allow";
  readonly downgradeTo: string | null;
  /** When it was made or its enforcement changed. */
  readonly since: Date;
  readonly updatedAt: Date;
  /** Set when it was deleted; its windows live on until TTL takes them. */
  readonly endedAt: Date | null;
}

/** "user:alice:usd:month", "user:*:usd:month" */
export function budgetIdOf(
  scope: BudgetScope,
  scopeKey: string,
  unit: BudgetUnit,
  window: Window,
): string {
  return `${scope}:${scopeKey}:${unit}:${window}`;
}

/** Document id in `budget_windows`: the budget's id with the real scope key, and the period. */
export function windowIdOf(
  budget: Pick<Budget, "scope" | "unit" | "window">,
  scopeKey: string,
  period: string,
): string {
  return `${budgetIdOf(budget.scope, scopeKey, budget.unit, budget.window)}_${period}`;
}

/** How long windows and their alerts are kept after their end. */
export const WINDOW_RETENTION_MS = 400 * DAY_MS;

/** null: never, for a lifetime does not end. */
export function windowExpiry(endMs: number | undefined): Date | null {
  return endMs === undefined ? null : new Date(endMs + WINDOW_RETENTION_MS);
}

/** A session's scope id, and its key as well. */
export function sessionScopeId(userId: string, sessionId: string): string {
  return `${encodeKey(userId)}_${encodeKey(sessionId)}`;
}

/**
 * The scope id as part of a document id. What stands for one real user, agent ... can never equal "*".
 * @param scopeId as an administrator wrote it: "*", an id, or for a session what `sessionScopeId` gives
 */
export function scopeKeyOf(scope: BudgetScope, scopeId: string): string {
  return scopeId === EVERYONE || scope === "session" ? scopeId : encodeKey(scopeId);
}
