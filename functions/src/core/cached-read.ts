import type { Clock } from "./clock.ts";

/** After a failed read the old value stands for this long, so that a hanging store is not waited for by every call. */
const RETRY_AFTER_MS = 5_000;

interface Kept<T> {
  readonly value: T;
  readonly validUntilMs: number;
  /** The store did not answer when it was asked last: it is asked again beside the calls, which do not wait for that. */
  readonly isStandIn: boolean;
}

/**
 * Something that is read at most every `ttlMs`; callers that arrive during a read share it. While the store fails, the
 * last value read stays valid.
 */
export class CachedRead<T> {
  private last: Kept<T> | undefined;
  private reading: Promise<T> | undefined;
  private readonly read: (isFirst: boolean) => Promise<T>;
  private readonly clock: Clock;
  private readonly ttlMs: number;

  /** @param read told whether there is nothing yet that could stand in for it */
  constructor(read: (isFirst: boolean) => Promise<T>, clock: Clock, ttlMs: number) {
    this.read = read;
    this.clock = clock;
    this.ttlMs = ttlMs;
  }

  /**
   * @param fallback what is taken while the store fails and nothing was ever read
   * @returns a promise that rejects only when there is no fallback either
   */
  async get(fallback?: T): Promise<T> {
    if (this.last && this.clock.nowMs() < this.last.validUntilMs) return this.last.value;
    this.reading ??= this.refresh(fallback).finally(() => {
      this.reading = undefined;
    });
    return this.last && this.standsIn(this.last) ? this.last.value : this.reading;
  }

  /** While the store fails and is asked again and again; after a pause nobody knows whether it still does. */
  private standsIn({ isStandIn, validUntilMs }: Kept<T>): boolean {
    return isStandIn && this.clock.nowMs() < validUntilMs + RETRY_AFTER_MS;
  }

  private async refresh(fallback: T | undefined): Promise<T> {
    const begunMs = this.clock.nowMs();
    try {
      const value = await this.read(this.last === undefined);
      this.last = { value, validUntilMs: begunMs + this.ttlMs, isStandIn: false };
      return value;
    } catch (cause) {
      const value = this.last ? this.last.value : fallback;
      if (value === undefined) throw cause;
      const validUntilMs = this.clock.nowMs() + RETRY_AFTER_MS;
      this.last = { value, validUntilMs, isStandIn: true };
      return value;
    }
  }
}
