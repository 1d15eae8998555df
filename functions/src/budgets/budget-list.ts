import type { Clock } from "../core/clock.ts";
import type { Budget } from "./budget.ts";

/**
 * Which budgets there are, read at most every `ttlMs`; callers that arrive during a read share it. While the store
 * fails, the last list read stays valid.
 */
export class BudgetList {
  private last: { readonly budgets: readonly Budget[]; readonly atMs: number } | undefined;
  private reading: Promise<readonly Budget[]> | undefined;
  private readonly read: () => Promise<readonly Budget[]>;
  private readonly clock: Clock;
  private readonly ttlMs: number;

  constructor(read: () => Promise<readonly Budget[]>, clock: Clock, ttlMs: number) {
    this.read = read;
    this.clock = clock;
    this.ttlMs = ttlMs;
  }

  /** Rejects only when the store fails and no list was ever read. */
  async get(): Promise<readonly Budget[]> {
    if (this.last && this.clock.nowMs() - this.last.atMs < this.ttlMs) return this.last.budgets;
    this.reading ??= this.refresh().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async refresh(): Promise<readonly Budget[]> {
    const atMs = this.clock.nowMs();
    try {
      const budgets = await this.read();
      this.last = { budgets, atMs };
      return budgets;
    } catch (cause) {
      if (this.last) return this.last.budgets;
      throw cause;
    }
  }
}
