import type { BudgetWindow } from "./alert.ts";
import { type Budget, EVERYONE } from "./budget.ts";
import {
  KNOWN_AFTER_MS,
  LONGEST_CALL_MS,
  namedWindow,
  needsOpening,
  OPENING_PHASE_MS,
  openingPeriod,
  withOpening,
} from "./opening.ts";
import type { BudgetStore, EarlierUsage } from "./port.ts";

/** Windows opened per run; the next run goes on. */
const MAX_OPENINGS = 300;

export interface OpeningDeps {
  readonly store: BudgetStore;
  readonly earlier: EarlierUsage;
  reportFailure(what: "window" | "alert", id: string, cause: unknown): void;
}

/**
 * Opens the window of a `block` budget that names somebody as soon as it is made, so that calls need not wait for that.
 * When it fails, the first call does it. Never rejects.
 */
export async function openAtOnce(deps: OpeningDeps, budget: Budget, now: Date): Promise<void> {
  if (budget.enforcement !== "block") return;
  try {
    await new WindowOpener(deps, now).openNamed([budget]);
  } catch (cause) {
    deps.reportFailure("window", budget.budgetId, cause);
  }
}

/**
 * Adds to windows what was spent before their budget was known, once they are there: for a budget that names
 * somebody at once, for everyone's default when a call has moved the window. Once no call can be open any more that
 * began before the budget was known, the opening is worked out for the last time.
 */
export class WindowOpener {
  private readonly deps: OpeningDeps;
  private readonly now: Date;
  private readonly seen = new Set<string>();
  private oldestOpen: Promise<Date | undefined> | undefined;
  /** Some windows were left to the next run. */
  isCut = false;

  constructor(deps: OpeningDeps, now: Date) {
    this.deps = deps;
    this.now = now;
  }

  /** The windows of young budgets that name somebody, also those that no call has moved yet. */
  async openNamed(budgets: readonly Budget[]): Promise<void> {
    const since = this.now.getTime() - OPENING_PHASE_MS;
    const young = budgets.filter(
      (budget) => budget.since.getTime() >= since && budget.scopeKey !== EVERYONE,
    );
    const wanted = young.flatMap((budget) => {
      const period = openingPeriod(budget);
      const window = period === undefined ? undefined : namedWindow(budget, period);
      return window ? [{ budget, window }] : [];
    });
    const stored = await this.deps.store.windows(wanted.map(({ window }) => window.windowId));
    for (const [index, { budget, window }] of wanted.entries()) {
      await this.opening(budget, stored[index] ?? window);
    }
  }

  /** The window as it is after its opening, if it needed one. */
  async opening(budget: Budget, window: BudgetWindow): Promise<BudgetWindow> {
    if (!needsOpening(budget, window) || this.seen.has(window.windowId)) return window;
    if (this.seen.size >= MAX_OPENINGS) {
      this.isCut = true;
      return window;
    }
    this.seen.add(window.windowId);
    try {
      return (await this.open(budget, window)) ?? window;
    } catch (cause) {
      this.deps.reportFailure("window", window.windowId, cause);
      return window;
    }
  }

  /**
   * A first opening at once, the last one when it can be final. In between the window is only touched, so that the
   * next run comes by it again: reading a month of entries costs money.
   */
  private async open(budget: Budget, window: BudgetWindow): Promise<BudgetWindow | undefined> {
    const { store, earlier } = this.deps;
    const change = (next: (before: BudgetWindow) => BudgetWindow | undefined) =>
      store.changeWindow(window.windowId, (before) => next(before ?? window), this.now);
    const known = new Date(budget.since.getTime() + KNOWN_AFTER_MS);
    const isOver = await this.isOver(budget, known);
    const isBegun = window.openingSince?.getTime() === budget.since.getTime();
    if (isBegun && !isOver) return change((before) => before);
    const { amount, isWhole } = await earlier.unnamed(window, known);
    const opened = await change((before) =>
      withOpening(before, budget, amount, isOver || !isWhole),
    );
    if (!isWhole) {
      const cause = new Error("it lacks the oldest entries of its period: there are too many");
      this.deps.reportFailure("window", window.windowId, cause);
    }
    return opened;
  }

  /**
   * Whether every call is over that began before the budget was known, and what crashed is swept. Asked before the
   * entries are read: a call that settles in between is then among them.
   */
  private async isOver({ since }: Budget, known: Date): Promise<boolean> {
    const nowMs = this.now.getTime();
    if (nowMs < known.getTime() + LONGEST_CALL_MS) return false;
    if (nowMs >= since.getTime() + OPENING_PHASE_MS) return true;
    this.oldestOpen ??= this.deps.earlier.oldestOpenCall();
    const oldest = await this.oldestOpen;
    return oldest === undefined || oldest >= known;
  }
}
