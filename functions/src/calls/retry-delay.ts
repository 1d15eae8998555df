import type { ProviderFailure } from "./port.ts";

/** What a provider may ask a call to wait; beyond it the caller is told, who can do something else meanwhile. */
const LONGEST_WAIT_ASKED_MS = 10_000;
/** The first back-off is half of this to all of it, each further one up to twice as long. */
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 8_000;

export interface FailedSoFar {
  readonly failure: Pick<ProviderFailure, "repeat" | "retryAfterMs">;
  /** Attempts that the request has made, all failed. */
  readonly attempts: number;
  /** How many more than the first one it may make. */
  readonly retries: number;
  /** Until the request's own time limit. */
  readonly leftMs: number;
  /** 0 to 1, not 1. */
  readonly random: number;
}

/**
 * How long to wait before the next attempt, in ms; undefined when there is none. A connection that broke is tried
 * again at once, for most of these were idle ones that the provider closed just then; what breaks again, and what was
 * refused, waits 250 to 500 ms, 500 to 1 000 ms and so on, so that those who were refused together do not come back
 * together, and no less than the provider asks.
 */
export function retryDelayMs({
  failure,
  attempts,
  retries,
  leftMs,
  random,
}: FailedSoFar): number | undefined {
  const { repeat, retryAfterMs: askedMs = 0 } = failure;
  if (repeat === undefined || attempts > retries) return undefined;
  const waitMs = repeat === "at_once" && attempts === 1 ? 0 : backOffMs(attempts, random);
  if (askedMs > LONGEST_WAIT_ASKED_MS) return undefined;
  const delayMs = Math.max(askedMs, waitMs);
  return delayMs < leftMs ? delayMs : undefined;
}

function backOffMs(attempts: number, random: number): number {
  const mostMs = Math.min(FIRST_BACK_OFF_MS * 2 ** (attempts - 1), LONGEST_BACK_OFF_MS);
  return Math.round(mostMs / 2 + (random * mostMs) / 2);
}
