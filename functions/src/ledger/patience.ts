import type { Balance } from "../budgets/admission.ts";
import type { Clock } from "../core/clock.ts";

export interface PatienceOptions {
  readonly clock: Pick<Clock, "nowMs">;
  /** How long nothing may move. */
  readonly waitMs: number;
  /** How long it lasts in all. */
  readonly mostWaitMs: number;
}

/**
 * How long a request waits for room. While others settle and are admitted it is worth waiting on: of 1 000 calls without
 * an output limit 20 may hold a whole budget of which each then uses a fraction. The whole wait begins when this is made.
 */
export class Patience {
  private readonly options: PatienceOptions;
  private readonly endsMs: number;
  private movedMs = 0;
  private seen: Balance | undefined;

  constructor(options: PatienceOptions) {
    this.options = options;
    this.endsMs = options.clock.nowMs() + options.mostWaitMs;
  }

  /** @param found how the window that lacks room stands now */
  isOver(found: Balance): boolean {
    const nowMs = this.options.clock.nowMs();
    const { seen } = this;
    if (seen?.spent !== found.spent || seen.held !== found.held) this.movedMs = nowMs;
    this.seen = found;
    return nowMs >= Math.min(this.movedMs + this.options.waitMs, this.endsMs);
  }
}
