import { setTimeout as delay } from "node:timers/promises";
import { ask } from "./callable.ts";
import { questions } from "./conversation.ts";
import { readDocument } from "./emulated-store.ts";
import { createSignIn } from "./sign-in.ts";
import type { Sizes } from "./sizes.ts";
import { percentile } from "./statistics.ts";

export interface AggregateDelay {
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const DATABASE = "(default)";
const WARM_UP_CALLS = 20;
const POLL_MS = 1;
const GIVE_UP_MS = 30_000;

/**
 * From the result in the client's hands until the user's month holds the call, one call after the other: settle,
 * the event, and the trigger's commit, all by the stack's own functions.
 */
export async function measureAggregateDelay({ delayedCalls }: Sizes): Promise<AggregateDelay> {
  const signIn = createSignIn(process.env.GCLOUD_PROJECT ?? "");
  const questionAt = questions(`${process.env.TOLLGATE_FUNCTIONS_URL}/chat`, signIn, {
    streams: false,
  });
  const delaysMs: number[] = [];
  for (let call = 0; call < WARM_UP_CALLS + delayedCalls; call += 1) {
    // Always the first of the users, so that there is one document to watch.
    await ask(questionAt(0));
    const answeredMs = performance.now();
    await untilCounted("bench-0", call + 1);
    if (call >= WARM_UP_CALLS) delaysMs.push(performance.now() - answeredMs);
  }
  return {
    calls: delayedCalls,
    p50Ms: percentile(delaysMs, 50),
    p99Ms: percentile(delaysMs, 99),
    maxMs: Math.max(...delaysMs),
  };
}

async function untilCounted(uid: string, calls: number): Promise<void> {
  const path = `usage_monthly/${uid}_${new Date().toISOString().slice(0, 7)}`;
  const deadlineMs = performance.now() + GIVE_UP_MS;
  while (performance.now() < deadlineMs) {
    const month = await readDocument(DATABASE, path);
    const counted = month?.fields.totals?.mapValue?.fields?.calls?.integerValue;
    if (Number(counted ?? 0) >= calls) return;
    await delay(POLL_MS);
  }
  throw new Error(`call ${calls} was not aggregated within ${GIVE_UP_MS} ms`);
}
