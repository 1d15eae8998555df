import type { CallDeps, CallSettings } from "./deps.ts";
import { OneAttempt } from "./one-attempt.ts";
import type { ProviderFailure, RunningCall } from "./port.ts";
import { retryDelayMs } from "./retry-delay.ts";

/** One call of a provider, over. */
export interface EndedCall<Answer> {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Since its start; null when no piece of an answer came. */
  readonly firstChunkMs: number | null;
  readonly answer: Answer;
  readonly failure: ProviderFailure | undefined;
  /** Whether its caller had left before it was over. */
  readonly wasLeft: boolean;
}

/** What stands for each attempt of a request, in their order; there is always a last one. */
export interface Attempts<T> {
  readonly earlier: readonly T[];
  readonly last: T;
}

/** What a call under way tells: that pieces come, and its one end. */
export interface CallEvents<Answer> {
  sawChunk(): void;
  end(answer: Answer, failure?: ProviderFailure): void;
}

/** A call that may be made more than once. */
export interface RepeatableCall<Answer> {
  /** When the request began, from which its time limit counts. */
  readonly startedAtMs: number;
  /** Says that nobody waits for the answer any more. */
  readonly signal: AbortSignal;
  start(events: CallEvents<Answer>): RunningCall;
  /** Makes the hold cover one more attempt beside so many that may have been billed; false: there is no room for it. */
  cover(maybeBilled: number): Promise<boolean>;
}

export interface AttemptDeps extends Pick<CallDeps, "clock" | "random"> {
  readonly settings: Pick<CallSettings, "requestTimeoutMs" | "providerRetries" | "abortDrainMs">;
}

/**
 * Calls a provider until it answers, fails for good, or attempts, time or caller are gone. Each attempt is a call of its
 * own in the ledger; the last one is what the caller is told of. Never rejects.
 */
export async function runAttempts<Answer>(
  deps: AttemptDeps,
  call: RepeatableCall<Answer>,
): Promise<Attempts<EndedCall<Answer>>> {
  const earlier: EndedCall<Answer>[] = [];
  for (;;) {
    const last = await new OneAttempt(deps, call, earlier.length === 0).ended;
    if (!(await mayRepeat(deps, call, earlier, last))) return { earlier, last };
    earlier.push(last);
  }
}

/** Turns each attempt into something else; the order stays. */
export async function eachAttempt<T, U>(
  { earlier, last }: Attempts<T>,
  turn: (attempt: T) => Promise<U>,
): Promise<Attempts<U>> {
  return { earlier: await Promise.all(earlier.map(turn)), last: await turn(last) };
}

/** Waits until it is time for the next attempt, if there is to be one. */
async function mayRepeat<Answer>(
  { clock, random, settings }: AttemptDeps,
  { startedAtMs, signal, cover }: RepeatableCall<Answer>,
  earlier: readonly EndedCall<Answer>[],
  { failure, wasLeft }: EndedCall<Answer>,
): Promise<boolean> {
  if (!failure || wasLeft) return false;
  const delayMs = retryDelayMs({
    failure,
    attempts: earlier.length + 1,
    retries: settings.providerRetries,
    leftMs: startedAtMs + settings.requestTimeoutMs - clock.nowMs(),
    random: random(),
  });
  if (delayMs === undefined) return false;
  const billedBefore = earlier.filter((each) => each.failure?.maybeBilled).length;
  if (failure.maybeBilled && !(await cover(billedBefore + 1))) return false;
  if (delayMs > 0) await pause(clock, delayMs, signal);
  return !signal.aborted;
}

/** Ends early when the caller leaves. */
function pause(clock: AttemptDeps["clock"], delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.schedule(delayMs, end);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}
