import type { Alert, AlertFilter, AlertPage, BudgetWindow } from "./alert.ts";
import type { Budget } from "./budget.ts";

/** What the budgets room asks of a store. Every call ends within its own deadline. */
export interface BudgetStore {
  /** All budgets that have not ended. */
  listActive(): Promise<Budget[]>;
  /**
   * Reads the budget (ended ones too) and writes what `change` makes of it, by compare and set.
   * `undefined` from `change` writes nothing.
   */
  change(budgetId: string, change: Change<Budget>): Promise<Budget | undefined>;
  windows(windowIds: readonly string[]): Promise<(BudgetWindow | undefined)[]>;
  /** As `change`, for a window that triggers move meanwhile; sets `updatedAt`. */
  changeWindow(
    windowId: string,
    change: Change<BudgetWindow>,
    now: Date,
  ): Promise<BudgetWindow | undefined>;
  /** Windows moved since an instant, oldest move first, whole pages in turn. */
  windowsMovedSince(since: Date): AsyncIterable<readonly BudgetWindow[]>;
  /** The windows of one period that a budget, or everyone's default, can have; whole pages in turn. */
  windowsOfBudget(budget: Budget, period: string): AsyncIterable<readonly BudgetWindow[]>;
  /** Which of these alerts are there. */
  existingAlerts(alertIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** false when it is there already. */
  createAlert(alert: Alert): Promise<boolean>;
  unpublishedAlerts(limit: number): Promise<Alert[]>;
  markPublished(alertId: string, at: Date): Promise<void>;
  listAlerts(filter: AlertFilter): Promise<AlertPage>;
  /** undefined when there is no such alert. */
  acknowledge(alertId: string, by: string, at: Date): Promise<Alert | undefined>;
  /** Instant up to which `checkBudgets` has seen all moves; undefined before its first run. */
  checkedUntil(): Promise<Date | undefined>;
  setCheckedUntil(at: Date): Promise<void>;
}

/** May be called more than once, with what is stored each time; that may be its own work. */
export type Change<T> = (before: T | undefined) => T | undefined;

/** Where alerts are published: topic `budget-alerts`. Receivers drop ids that they have seen. */
export interface AlertPublisher {
  publish(alert: Alert): Promise<void>;
}

/** What the ledger knows of calls that a window was not told of, for it was not there when they began. */
export interface EarlierUsage {
  /**
   * What the entries of a window's scope and period come to in its unit that began before `before` and do not name it.
   */
  unnamed(window: NamedWindow, before: Date): Promise<EarlierSum>;
  /** Start of the oldest call that has not settled. */
  oldestOpenCall(): Promise<Date | undefined>;
}

export interface EarlierSum {
  readonly amount: number;
  /** false: there are more entries than can be read, and these are the newest. */
  readonly isWhole: boolean;
}

/** What says which entries a window is about. */
export type NamedWindow = Pick<
  BudgetWindow,
  "windowId" | "scope" | "scopeId" | "userId" | "unit" | "window" | "period"
>;
