import { embedTexts, hold, type Outcome } from "./conversation.ts";
import type { People } from "./people.ts";
import type { Plan } from "./plan.ts";

/** Of the 6 functions that the emulator runs at once, some are left to the triggers. */
const CONCURRENCY = 4;

/** Sends everything that is planned, `CONCURRENCY` conversations at a time, until the signal. */
export async function sendAll(
  plan: Plan,
  people: People,
  onOutcome: (outcome: Outcome) => void,
  signal: AbortSignal,
): Promise<void> {
  const talk = plan.conversations.map(
    (each) => () => hold(people.byEmail(each.user), each, onOutcome, signal),
  );
  // One after the other, since a second one at the same time would start a second worker.
  const embed = async () => {
    for (const job of plan.embeddingJobs) {
      if (signal.aborted) return;
      onOutcome(await embedTexts(people.byEmail(job.user), job));
    }
  };
  await inParallel([embed, ...talk], CONCURRENCY, signal);
}

/** Each of so many workers takes the next job when it has done one. */
export async function inParallel(
  jobs: readonly (() => Promise<void>)[],
  concurrency: number,
  signal: AbortSignal,
): Promise<void> {
  const queue = jobs.values();
  const worker = async () => {
    for (const job of queue) {
      if (signal.aborted) return;
      await job();
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

export interface Tally {
  readonly calls: number;
  readonly failed: readonly Outcome[];
  /** Calls that failed or were answered against what their sample asks for. */
  readonly surprising: readonly Outcome[];
}

export function tallyOf(outcomes: readonly Outcome[]): Tally {
  return {
    calls: outcomes.length,
    failed: outcomes.filter(({ failure }) => failure !== null),
    surprising: outcomes.filter(({ failure, mustFail }) => (failure !== null) !== mustFail),
  };
}
