import type { AttemptDeps, CallEvents, EndedCall, RepeatableCall } from "./attempts.ts";
import type { ProviderFailure, RunningCall } from "./port.ts";

/** Within the margin of every door; a timer for each call would cost more than that is worth. */
const SOON_MS = 1_000;

/** One call of a provider: one promise around its callbacks, which never rejects. */
export class OneAttempt<Answer> implements CallEvents<Answer> {
  readonly ended: Promise<EndedCall<Answer>>;
  readonly #deps: AttemptDeps;
  readonly #call: RepeatableCall<Answer>;
  readonly #startedAtMs: number;
  readonly #running: RunningCall;
  readonly #leave = () => this.#callerLeft();
  #resolve: (ended: EndedCall<Answer>) => void = () => {};
  #cancelTimer: () => void = () => {};
  #firstChunkMs: number | null = null;
  #wasLeft = false;
  #isLate = false;

  constructor(deps: AttemptDeps, call: RepeatableCall<Answer>, isFirst: boolean) {
    this.#deps = deps;
    this.#call = call;
    this.#startedAtMs = isFirst ? call.startedAtMs : deps.clock.nowMs();
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    call.signal.addEventListener("abort", this.#leave, { once: true });
    this.#running = call.start(this);
    if (call.signal.aborted) this.#abortFor("caller");
    else if (!isFirst || this.#beganLate()) this.#limitTime();
  }

  sawChunk(): void {
    this.#firstChunkMs ??= this.#deps.clock.nowMs() - this.#startedAtMs;
  }

  end(answer: Answer, failure?: ProviderFailure): void {
    this.#call.signal.removeEventListener("abort", this.#leave);
    this.#cancelTimer();
    this.#resolve({
      startedAtMs: this.#startedAtMs,
      endedAtMs: this.#deps.clock.nowMs(),
      firstChunkMs: this.#firstChunkMs,
      answer,
      failure: failure && this.#isLate ? tooLate(failure) : failure,
      wasLeft: this.#wasLeft,
    });
  }

  /** Goes on reading for a while, for a provider tells what it bills at its end, and bills all that it has written. */
  #callerLeft(): void {
    const { abortDrainMs } = this.#deps.settings;
    if (abortDrainMs === 0) {
      this.#abortFor("caller");
      return;
    }
    this.#wasLeft = true;
    this.#running.resume();
    this.#after(abortDrainMs, "caller");
  }

  /** Its request has waited for room, say. */
  #beganLate(): boolean {
    return this.#deps.clock.nowMs() - this.#call.startedAtMs > SOON_MS;
  }

  /** A first attempt that began soon has the provider's own limit; others have what is left of the request's. */
  #limitTime(): void {
    const dueMs = this.#call.startedAtMs + this.#deps.settings.requestTimeoutMs;
    this.#after(Math.max(dueMs - this.#deps.clock.nowMs(), 0), "time");
  }

  #after(delayMs: number, why: "caller" | "time"): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.schedule(delayMs, () => this.#abortFor(why));
  }

  #abortFor(why: "caller" | "time"): void {
    if (why === "caller") this.#wasLeft = true;
    else this.#isLate = true;
    this.#running.abort();
  }
}

function tooLate(failure: ProviderFailure): ProviderFailure {
  return { ...failure, kind: "timeout", message: "The call took longer than its time limit." };
}
