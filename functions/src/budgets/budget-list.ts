import type { Clock } from "../core/clock.ts";
import type { Budget } from "./budget.ts";

/** After a failed read the old list stands for this long, so that a hanging store is not waited for by every call. */
const RETRY_AFTER_MS = 5_000;

/**
 * Which budgets there are, read at most every `ttlMs`; callers that arrive during a read share it. While the store
 * fails, the last list read stays valid.
 */
export class BudgetList {
  private last: { readonly budgets: readonly Budget[]; validUntilMs: number } | undefined;
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
    if (this.last && this.clock.nowMs() < this.last.validUntilMs) return this.last.budgets;
    this.reading ??= this.refresh().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async refresh(): Promise<readonly Budget[]> {
    const begunMs = this.clock.nowMs();
    try {
      const budgets = await this.read();
      this.last = { budgets, validUntilMs: begunMs + this.ttlMs };
      return budgets;
    } catch (cause) {
      if (!this.last) throw cause;
      this.last.validUntilMs = this.clock.nowMs() + RETRY_AFTER_MS;
      return this.last.budgets;
    }
  }
}
