import type { BudgetWindow } from "../budgets/alert.ts";
import type { Budget } from "../budgets/budget.ts";
import { needsFirstOpening } from "../budgets/opening.ts";
import type { Clock } from "../core/clock.ts";
import { decideBatch, type UnavailableBecause } from "./admission.ts";
import {
  type Admission,
  type Attempted,
  distinct,
  type Item,
  keysOf,
  type Results,
  setFound,
  setLanded,
  setRejected,
  unavailable,
  type View,
  viewOf,
} from "./admission-batch.ts";
import { planJournal } from "./hold.ts";
import type { CommitOutcome } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import { type FoundWindow, planReserve } from "./reserve.ts";

/** Compare and set against windows that others move; the decision record on admission under load says why so many. */
export const MAX_TRIES = 20;
export const BACK_OFF_MS = [5, 60] as const;
/** Whoever has queued and been tried for so long is told to come again. */
const MAX_ATTEMPT_MS = 20_000;
const NONE_SENT: ReadonlySet<Item> = new Set();
const HEARD = { sinceMs: 0, cause: undefined };
/** After the deadline there is one more look at what became of a commit, this long. */
const LAST_LOOK_MS = 500;

class StillOpeningError extends Error {
  override readonly name = "StillOpeningError";
  override readonly message = "what was spent before the budget was known is still being summed";
}

type Unclear = Extract<CommitOutcome, { status: "unclear" }>;

export interface AdmissionTriesDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** Per try, but for one last look. */
  readonly deadlineMs: number;
  /** Puts into a window what was spent before its budget was known. */
  open(budget: Budget, window: BudgetWindow): Promise<void>;
  /** Waits for a random time between these. */
  pause(range: readonly [leastMs: number, mostMs: number]): Promise<void>;
}

/** Tries a batch of requests with the same windows, until each of them has a result. */
export class AdmissionTries {
  private readonly deps: AdmissionTriesDeps;
  /** When the store last fell silent, unless it has taken a commit since. */
  private silence: { readonly sinceMs: number; readonly cause: unknown } = HEARD;

  constructor(deps: AdmissionTriesDeps) {
    this.deps = deps;
  }

  /** A window that others moved meanwhile means another try. */
  async admit(batch: readonly Item[]): Promise<Attempted[]> {
    const results: Results = new Map();
    const sent = new Set<Item>();
    this.refuseHopeless(batch, results);
    let cause: unknown;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const open = batch.filter((item) => !results.has(item) && !this.isLate(item));
      if (open.length === 0) break;
      if (tries > 0) await this.deps.pause(BACK_OFF_MS);
      cause = await this.tryBatch(open, tries > 0, results, sent);
    }
    return batch.map((item) => results.get(item) ?? missed(item, "contention", cause, sent));
  }

  /** The store has fallen silent since they came: to wait for one more deadline would take too long. */
  private refuseHopeless(batch: readonly Item[], results: Results): void {
    const { sinceMs, cause } = this.silence;
    for (const item of batch) {
      if (sinceMs > item.arrivedMs) results.set(item, unavailable("store", cause, undefined));
    }
  }

  private isLate({ arrivedMs }: Item): boolean {
    return this.deps.clock.nowMs() - arrivedMs > MAX_ATTEMPT_MS;
  }

  /** One try; requests that have no result after it are tried again. Gives back why. */
  private async tryBatch(
    batch: readonly Item[],
    isAgain: boolean,
    results: Results,
    sent: Set<Item>,
  ): Promise<unknown> {
    const dueMs = this.deps.clock.nowMs() + this.deps.deadlineMs;
    let view: View;
    try {
      view = await this.look(batch, isAgain, this.leftMs(dueMs));
    } catch (cause) {
      this.fallSilent(cause);
      return setMissed(batch, "store", cause, results, sent);
    }
    for (const item of batch) setFound(item, view, results);
    try {
      if (await this.openWindows(view.windows, this.leftMs(dueMs))) return undefined;
    } catch (cause) {
      const because = cause instanceof StillOpeningError ? "opening" : "store";
      return setMissed(batch, because, cause, results, sent);
    }
    return this.decide(batch, view.windows, { isAgain, dueMs }, results, sent);
  }

  private async decide(
    batch: readonly Item[],
    windows: readonly FoundWindow[],
    { isAgain, dueMs }: { readonly isAgain: boolean; readonly dueMs: number },
    results: Results,
    sent: Set<Item>,
  ): Promise<unknown> {
    const open = distinct(batch.filter((item) => !results.has(item)));
    const decisions = decideBatch(open, windows);
    const admitted = decisions.filter((decision) => decision.status === "admit");
    const rejected = decisions.filter((decision) => decision.status !== "admit");
    for (const { request } of admitted) sent.add(request);
    const cause = admitted.length > 0 && (await this.commit(admitted, windows, dueMs, results));
    if (!isAgain) await this.findRepeats(rejected, dueMs, results);
    setRejected(rejected, results);
    return cause;
  }

  /** Who repeats a request is told what became of it, also where there would be no room for it any more. */
  private async findRepeats(
    rejected: readonly { readonly request: Item }[],
    dueMs: number,
    results: Results,
  ): Promise<void> {
    const unknown = rejected
      .map(({ request }) => request)
      .filter(({ idIsTheClients, isAgain }) => idIsTheClients && !isAgain);
    if (unknown.length === 0) return;
    try {
      const found = await this.look(unknown, true, this.leftMs(dueMs));
      for (const item of unknown) setFound(item, found, results);
    } catch (cause) {
      this.fallSilent(cause);
      setMissed(unknown, "store", cause, results, NONE_SENT);
    }
  }

  private async commit(
    admitted: readonly Admission[],
    windows: readonly FoundWindow[],
    dueMs: number,
    results: Results,
  ): Promise<unknown> {
    const { store, clock } = this.deps;
    const requests = admitted.map(({ request }) => request);
    const journals = admitted.map(({ request, hold }) => planJournal(hold, request.idIsTheClients));
    const reserved = admitted.map((each) => each.reserved);
    const reserves = planReserve(windows, reserved, new Date(clock.nowMs()));
    const outcome = await store.commit([...journals.flat(), ...reserves], this.leftMs(dueMs));
    if (outcome.status === "done") {
      this.silence = HEARD;
      setLanded(admitted, journals, outcome.versions, results);
      return undefined;
    }
    if (outcome.status === "unclear") {
      if (clock.nowMs() >= dueMs) this.fallSilent(outcome.cause);
      await this.lastLook(requests, outcome, results);
    } else if (outcome.why === "invalid") {
      await this.apart(requests, outcome.cause, results);
    }
    return outcome.cause;
  }

  /** One's own nonce in the hold means that the commit went through, whatever was heard of it. */
  private async lastLook(
    requests: readonly Item[],
    { cause, ended }: Unclear,
    results: Results,
  ): Promise<void> {
    const view = await this.look(requests, true, LAST_LOOK_MS).catch(() => undefined);
    if (!view) this.fallSilent(cause);
    for (const request of requests) {
      if (view) setFound(request, view, results);
      if (results.get(request)?.status !== "admitted") {
        results.set(request, unavailable("store", cause, ended));
      }
    }
  }

  /** What the store will never take must not cost others their admission. */
  private async apart(requests: readonly Item[], cause: unknown, results: Results): Promise<void> {
    if (requests.length === 1) {
      results.set(requests[0] as Item, unavailable("store", cause, undefined));
      return;
    }
    const middle = Math.ceil(requests.length / 2);
    for (const half of [requests.slice(0, middle), requests.slice(middle)]) {
      const attempted = await this.admit(half);
      for (const [index, request] of half.entries())
        results.set(request, attempted[index] as Attempted);
    }
  }

  private async look(
    items: readonly Item[],
    withPlaces: boolean,
    deadlineMs: number,
  ): Promise<View> {
    const docs = await this.deps.store.read(keysOf(items, withPlaces), deadlineMs);
    return viewOf(items, withPlaces, docs);
  }

  private fallSilent(cause: unknown): void {
    this.silence = { sinceMs: this.deps.clock.nowMs(), cause };
  }

  /** Gives back whether there was anything to open: then the windows are to be read again. */
  private async openWindows(windows: readonly FoundWindow[], leftMs: number): Promise<boolean> {
    const closed = windows.filter(({ window, stored }) => needsFirstOpening(window.budget, stored));
    if (closed.length === 0) return false;
    const opened = Promise.all(
      closed.map(({ window, stored }) => this.deps.open(window.budget, stored)),
    );
    await this.within(opened, leftMs);
    return true;
  }

  /** The work goes on after that, for whoever comes next. */
  private within(work: Promise<unknown>, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.deps.clock.schedule(ms, () => reject(new StillOpeningError()));
      work.then(() => resolve(), reject).finally(cancel);
    });
  }

  private leftMs(dueMs: number): number {
    return Math.max(dueMs - this.deps.clock.nowMs(), 0);
  }
}

function setMissed(
  batch: readonly Item[],
  because: UnavailableBecause,
  cause: unknown,
  results: Results,
  sent: ReadonlySet<Item>,
): unknown {
  for (const item of batch) {
    if (!results.has(item)) results.set(item, missed(item, because, cause, sent));
  }
  return cause;
}

/** A commit that was refused may be the repetition of one that had landed. */
function missed(
  item: Item,
  because: UnavailableBecause,
  cause: unknown,
  sent: ReadonlySet<Item>,
): Attempted {
  return unavailable(because, cause, sent.has(item) ? Promise.resolve() : undefined);
}
