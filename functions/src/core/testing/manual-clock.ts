import type { Clock } from "../clock.ts";

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  private now: number;
  private timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  constructor(nowMs: number) {
    this.now = nowMs;
  }

  nowMs(): number {
    return this.now;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.now + delayMs, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** What reaches a test's process is there at once. */
  soon(callback: () => void): void {
    callback();
  }

  advance(ms: number): void {
    this.now += ms;
    const due = this.timers.filter(({ dueMs }) => dueMs <= this.now);
    this.timers = this.timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
  }

  /** Timers that are still to fire. */
  get pending(): number {
    return this.timers.length;
  }
}
