import { periodBounds, type Window } from "../core/period.ts";
import { type Budget, type BudgetScope, type BudgetUnit, WINDOW_RETENTION_MS } from "./budget.ts";

export const PER_MILLE = 1_000;

/** One period of a budget, as stored in `budget_windows`. */
export interface BudgetWindow {
  readonly windowId: string;
  readonly budgetId: string;
  readonly scope: BudgetScope;
  readonly scopeId: string;
  readonly userId: string | null;
  readonly unit: BudgetUnit;
  readonly window: Window;
  readonly period: string;
  /** In the unit's integer. */
  readonly spent: number;
  readonly held: number;
  readonly since: Date;
  readonly expireAt: Date | null;
  /** What is in `spent` of calls that did not name this window, for it was not there yet (`opening.ts`). */
  readonly openingSpent?: number;
  /** The budget's `since` that the opening was worked out for. */
  readonly openingSince?: Date;
  /** No call is open any more that could still belong to the opening. */
  readonly openingFinal?: boolean;
}

/** As stored in `budget_alerts`. */
export type Alert = BudgetAlert | UnpricedModelAlert;

/** What every alert says. */
interface AlertFacts {
  readonly alertId: string;
  /** Whose affair it is, for the security rules; null: the administrators'. */
  readonly userId: string | null;
  readonly createdAt: Date;
  /** null until it has reached the topic `budget-alerts`. */
  readonly publishedAt: Date | null;
  /** The higher alert of the same instant, which was published in its stead. */
  readonly supersededBy: string | null;
  readonly deliveries: readonly unknown[];
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: Date | null;
  readonly expireAt: Date;
}

/** One per model and day: calls were booked without a cost, for the model has no price. */
export interface UnpricedModelAlert extends AlertFacts {
  readonly type: "unpriced_model";
  readonly severity: "warning";
  readonly provider: string;
  /** "openai/gpt-9" */
  readonly model: string;
  readonly day: string;
  /** Those that were seen when it was made. */
  readonly calls: number;
  readonly tokens: number;
  readonly message: string;
}

/** One per threshold, window and limit. */
export interface BudgetAlert extends AlertFacts {
  readonly type: "budget_threshold" | "budget_exceeded";
  readonly severity: "warning" | "critical";
  readonly budgetId: string;
  readonly budgetName: string | null;
  readonly windowId: string;
  readonly scope: BudgetScope;
  readonly scopeId: string;
  readonly unit: BudgetUnit;
  readonly window: Window;
  readonly period: string;
  readonly thresholdPerMille: number;
  readonly spent: number;
  readonly held: number;
  readonly limit: number;
  readonly left: number;
  /** Of the limit, at that instant, one decimal. */
  readonly percentUsed: number;
  readonly resetsAt: Date | null;
  readonly enforcement: Budget["enforcement"];
}

export interface AlertFilter {
  /** Only alerts of this user; undefined: everybody's. */
  readonly userId: string | undefined;
  readonly state: "open" | "acknowledged" | "all";
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface AlertPage {
  readonly items: readonly Alert[];
  readonly nextCursor: string | null;
}

/**
 * Alerts that a window has reached (>=, on `spent`), highest first; of several at once only the highest is to be
 * published. 80 % of 5 dollars is reached at 4 000 000 000 nanoUSD, not one before.
 * @param existing ids that are there already: a raised limit makes new ids, so it alerts anew
 */
export function alertsDue(
  budget: Budget,
  window: BudgetWindow,
  existing: ReadonlySet<string>,
  now: Date,
): BudgetAlert[] {
  const reached = budget.thresholdsPerMille
    .filter((perMille) => isReached(window.spent, budget.limit, perMille))
    .sort((a, b) => b - a);
  const due = reached.filter(
    (perMille) => !existing.has(alertIdOf(window, perMille, budget.limit)),
  );
  const top = reached[0];
  return due.map((perMille) => {
    const supersededBy =
      top === undefined || perMille === top ? null : alertIdOf(window, top, budget.limit);
    return makeAlert(budget, window, perMille, supersededBy, now);
  });
}

/** Ids of the alerts that a window can have under its budget's present limit. */
export function alertIdsOf(budget: Budget, window: Pick<BudgetWindow, "windowId">): string[] {
  return budget.thresholdsPerMille.map((perMille) => alertIdOf(window, perMille, budget.limit));
}

function alertIdOf(
  window: Pick<BudgetWindow, "windowId">,
  perMille: number,
  limit: number,
): string {
  return `${window.windowId}_${perMille}_${limit}`;
}

/** spent / limit >= perMille / 1000, in integers. */
function isReached(spent: number, limit: number, perMille: number): boolean {
  return BigInt(spent) * BigInt(PER_MILLE) >= BigInt(limit) * BigInt(perMille);
}

function makeAlert(
  budget: Budget,
  window: BudgetWindow,
  perMille: number,
  supersededBy: string | null,
  now: Date,
): BudgetAlert {
  const exceeded = perMille >= PER_MILLE;
  const { endMs } = periodBounds(window.window, window.period);
  return {
    alertId: alertIdOf(window, perMille, budget.limit),
    type: exceeded ? "budget_exceeded" : "budget_threshold",
    severity: exceeded ? "critical" : "warning",
    budgetId: budget.budgetId,
    budgetName: budget.name,
    windowId: window.windowId,
    scope: window.scope,
    scopeId: window.scopeId,
    userId: window.userId,
    unit: window.unit,
    window: window.window,
    period: window.period,
    thresholdPerMille: perMille,
    spent: window.spent,
    held: window.held,
    limit: budget.limit,
    left: Math.max(budget.limit - window.spent - window.held, 0),
    percentUsed: percentOf(window.spent, budget.limit),
    resetsAt: endMs === undefined ? null : new Date(endMs),
    enforcement: budget.enforcement,
    createdAt: now,
    publishedAt: supersededBy === null ? null : now,
    supersededBy,
    deliveries: [],
    acknowledgedBy: null,
    acknowledgedAt: null,
    expireAt: window.expireAt ?? new Date(now.getTime() + WINDOW_RETENTION_MS),
  };
}

/** 4.2 of 5 -> 84; one decimal, rounded down, so that 99.96 % never reads as 100 %. */
function percentOf(spent: number, limit: number): number {
  return Number((BigInt(spent) * 1_000n) / BigInt(limit)) / 10;
}
