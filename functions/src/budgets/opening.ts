import { addExact } from "../core/money.ts";
import { periodBounds, periodOf } from "../core/period.ts";
import type { BudgetWindow } from "./alert.ts";
import { type Budget, EVERYONE, windowExpiry, windowIdOf } from "./budget.ts";

/** Every instance knows a budget this long after it was made, so every later call names its windows. */
export const KNOWN_AFTER_MS = 60_000;
/** No call takes longer: Cloud Functions end it after 10 minutes, and then it has to settle. */
export const LONGEST_CALL_MS = 15 * 60_000;
/** A budget's windows are looked after for this long after it was made; no call is open any longer. */
export const OPENING_PHASE_MS = 24 * 60 * 60_000;

/**
 * The one period in which a budget is younger than its windows: what was spent in it before belongs to the window
 * too, for people expect "month to date". Minutes are over before anybody looks.
 */
export function openingPeriod(budget: Budget): string | undefined {
  if (budget.window === "minute") return undefined;
  const period = periodOf(budget.window, budget.since.getTime());
  const { startMs } = periodBounds(budget.window, period);
  return startMs < budget.since.getTime() ? period : undefined;
}

/** Whether a window still lacks what was spent before its budget was known. */
export function needsOpening(budget: Budget, window: BudgetWindow | undefined): boolean {
  const period = openingPeriod(budget);
  if (period === undefined || (window && window.period !== period)) return false;
  return !(window && isOpened(budget, window));
}

/** Whether a window has no opening at all for this budget: nobody can say what is left of it. */
export function needsFirstOpening(
  budget: Budget,
  { period, openingSince }: Pick<BudgetWindow, "period" | "openingSince">,
): boolean {
  if (openingPeriod(budget) !== period) return false;
  return openingSince === undefined || openingSince < budget.since;
}

function isOpened({ since }: Pick<Budget, "since">, window: BudgetWindow): boolean {
  const { openingSince, openingFinal } = window;
  return openingFinal === true && openingSince !== undefined && openingSince >= since;
}

/** The window of a budget that names somebody, whether a call moved it already or not. */
export function namedWindow(budget: Budget, period: string): BudgetWindow | undefined {
  if (budget.scopeKey === EVERYONE) return undefined;
  const { budgetId, scope, scopeId, userId, unit, window, since } = budget;
  return {
    windowId: windowIdOf(budget, budget.scopeKey, period),
    budgetId,
    scope,
    scopeId,
    userId,
    unit,
    window,
    period,
    spent: 0,
    held: 0,
    since,
    expireAt: windowExpiry(periodBounds(window, period).endMs),
  };
}

/**
 * The window with its opening at `earlier`, whatever it was before: 0.30 spent of which 0.10 was an opening, and an
 * opening of 0.25 now, make 0.45. undefined when it has its last one already.
 * @throws RangeError beyond 2^53
 */
export function withOpening(
  window: BudgetWindow,
  budget: Pick<Budget, "since">,
  earlier: number,
  isFinal: boolean,
): BudgetWindow | undefined {
  if (isOpened(budget, window)) return undefined;
  return {
    ...window,
    spent: addExact(window.spent, earlier - (window.openingSpent ?? 0), "spent"),
    openingSpent: earlier,
    openingSince: budget.since,
    openingFinal: isFinal,
  };
}
