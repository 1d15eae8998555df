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
 * Adds to windows what was spent before their budget was known, once they are there: for a budget that names
 * somebody at once, for everyone's default when a call has moved the window. While calls may be open that began before
 * the budget was known, an opening is worked out again in each run.
 */
export class WindowOpener {
  private readonly deps: OpeningDeps;
  private readonly now: Date;
  private opened = 0;
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
      if (needsOpening(budget, stored[index])) await this.open(budget, window);
    }
  }

  /** The window as it is after its opening, if it needed one. */
  async opening(budget: Budget, window: BudgetWindow): Promise<BudgetWindow> {
    if (!needsOpening(budget, window)) return window;
    return (await this.open(budget, window)) ?? window;
  }

  private async open(budget: Budget, window: BudgetWindow): Promise<BudgetWindow | undefined> {
    if (this.opened >= MAX_OPENINGS) {
      this.isCut = true;
      return undefined;
    }
    this.opened += 1;
    try {
      const known = new Date(budget.since.getTime() + KNOWN_AFTER_MS);
      const isFinal = await this.isOver(budget, known);
      const earlier = await this.deps.earlier.unnamed(window, known);
      return await this.deps.store.changeWindow(
        window.windowId,
        (before) => withOpening(before ?? window, budget, earlier, isFinal),
        this.now,
      );
    } catch (cause) {
      this.deps.reportFailure("window", window.windowId, cause);
      return undefined;
    }
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
