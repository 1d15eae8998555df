import { encodeKey } from "../core/ids.ts";
import { periodBounds, periodOf } from "../core/period.ts";
import {
  BUDGET_SCOPES,
  type Budget,
  type BudgetScope,
  budgetIdOf,
  EVERYONE,
  sessionScopeId,
  windowIdOf,
} from "./budget.ts";

/** Whom a call is for; what is null has no budget of that scope. */
export interface ScopeIds {
  readonly userId: string;
  readonly apiKeyId: string | null;
  readonly sessionId: string | null;
  readonly agent: string | null;
  readonly department: string | null;
  readonly orgId: string | null;
  readonly projectId: string;
}

/** A budget that applies to a call, and the one window of it that the call's start falls in. */
export interface ApplicableWindow {
  readonly budget: Budget;
  readonly windowId: string;
  /** The real one, never "*". */
  readonly scopeId: string;
  readonly userId: string | null;
  readonly period: string;
  readonly startMs: number;
  /** undefined for a lifetime. */
  readonly endMs: number | undefined;
}

/**
 * Per scope, unit and window the call's own budget, else the default of everyone.
 * @param atMs the call's start, which decides the periods
 */
export function applicableWindows(
  budgets: readonly Budget[],
  ids: ScopeIds,
  atMs: number,
): ApplicableWindow[] {
  const byId = new Map(budgets.filter((b) => b.endedAt === null).map((b) => [b.budgetId, b]));
  const windows: ApplicableWindow[] = [];
  for (const budget of byId.values()) {
    const own = ownScope(ids, budget.scope);
    if (!own || !appliesTo(budget, own.scopeKey, byId)) continue;
    const period = periodOf(budget.window, atMs);
    windows.push({
      budget,
      windowId: windowIdOf(budget, own.scopeKey, period),
      scopeId: own.scopeId,
      userId: isPersonal(budget.scope) ? ids.userId : null,
      period,
      ...periodBounds(budget.window, period),
    });
  }
  return windows.sort(
    (a, b) => BUDGET_SCOPES.indexOf(a.budget.scope) - BUDGET_SCOPES.indexOf(b.budget.scope),
  );
}

function appliesTo(budget: Budget, scopeKey: string, byId: ReadonlyMap<string, Budget>): boolean {
  if (budget.scopeKey === scopeKey) return true;
  if (budget.scopeKey !== EVERYONE) return false;
  return !byId.has(budgetIdOf(budget.scope, scopeKey, budget.unit, budget.window));
}

/** Whether calls need room in it before they run. */
export function isBlocking({ budget }: Pick<ApplicableWindow, "budget">): boolean {
  return budget.enforcement === "block";
}

function isPersonal(scope: BudgetScope): boolean {
  return scope === "user" || scope === "session";
}

function ownScope(
  ids: ScopeIds,
  scope: BudgetScope,
): { scopeId: string; scopeKey: string } | undefined {
  const plain = (id: string | null) =>
    id === null ? undefined : { scopeId: id, scopeKey: encodeKey(id) };
  switch (scope) {
    case "user":
      return plain(ids.userId);
    case "key":
      return plain(ids.apiKeyId);
    case "agent":
      return plain(ids.agent);
    case "department":
      return plain(ids.department);
    case "org":
      return plain(ids.orgId);
    case "project":
      return plain(ids.projectId);
    case "session": {
      if (ids.sessionId === null) return undefined;
      const id = sessionScopeId(ids.userId, ids.sessionId);
      return { scopeId: id, scopeKey: id };
    }
    default:
      return scope satisfies never;
  }
}
