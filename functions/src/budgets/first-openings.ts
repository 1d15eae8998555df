import type { BudgetWindow } from "./alert.ts";
import type { Budget } from "./budget.ts";
import { KNOWN_AFTER_MS, needsFirstOpening, OPENING_PHASE_MS, withOpening } from "./opening.ts";
import type { BudgetStore, EarlierUsage } from "./port.ts";

export interface FirstOpeningDeps {
  readonly store: Pick<BudgetStore, "changeWindow">;
  readonly earlier: Pick<EarlierUsage, "unnamed">;
  now(): Date;
}

/**
 * First openings of windows that calls wait for: a `block` budget must not take what is left for more than it is. Calls
 * that wait for the same window share one reading of entries. While calls may be open that belong to the opening, the
 * last one is `checkBudgets`' work.
 */
export class FirstOpenings {
  private readonly deps: FirstOpeningDeps;
  private readonly running = new Map<string, Promise<void>>();

  constructor(deps: FirstOpeningDeps) {
    this.deps = deps;
  }

  /** Resolves when the window has an opening; rejects when the store fails. */
  async open(budget: Budget, window: BudgetWindow): Promise<void> {
    const key = `${window.windowId} ${budget.since.getTime()}`;
    const running = this.running.get(key) ?? this.begin(key, budget, window);
    await running;
  }

  private begin(key: string, budget: Budget, window: BudgetWindow): Promise<void> {
    const running = this.run(budget, window).finally(() => this.running.delete(key));
    this.running.set(key, running);
    return running;
  }

  private async run(budget: Budget, window: BudgetWindow): Promise<void> {
    const { store, earlier, now } = this.deps;
    const known = new Date(budget.since.getTime() + KNOWN_AFTER_MS);
    const { amount, isWhole } = await earlier.unnamed(window, known);
    const isFinal = !isWhole || now().getTime() >= budget.since.getTime() + OPENING_PHASE_MS;
    const change = (before: BudgetWindow = window) =>
      needsFirstOpening(budget, before) ? withOpening(before, budget, amount, isFinal) : undefined;
    await store.changeWindow(window.windowId, change, now());
  }
}
