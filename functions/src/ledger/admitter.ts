import type { BudgetWindow } from "../budgets/alert.ts";
import type { Budget } from "../budgets/budget.ts";
import { needsFirstOpening } from "../budgets/opening.ts";
import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "../core/group-commit.ts";
import { Turns } from "../core/turns.ts";
import {
  type AdmissionRequest,
  type AdmissionResult,
  decideBatch,
  type Taken,
} from "./admission.ts";
import {
  type Admission,
  type Attempted,
  distinct,
  type Item,
  keysOf,
  type Results,
  setFound,
  setLanded,
  unavailable,
  type View,
  viewOf,
} from "./admission-batch.ts";
import { type LandedHold, planJournal } from "./hold.ts";
import { lastAttempt } from "./last-attempt.ts";
import type { CommitOutcome } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import { type Raise, tryRaise } from "./raise-hold.ts";
import { type FoundWindow, planReserve } from "./reserve.ts";

/** Holds per commit: each takes two writes at most, and windows one each. */
const MAX_BATCH = 100;
const SLOW_AFTER_MS = 300;
const MAX_TRIES = 20;
const BACK_OFF_MS = [5, 60] as const;
const WAIT_STEP_MS = [30, 120] as const;
const HEARD = { sinceMs: 0, cause: undefined };
/** After the deadline there is one more look at what became of a commit, this long. */
const LAST_LOOK_MS = 500;

type Unclear = Extract<CommitOutcome, { status: "unclear" }>;

export interface AdmitterDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** 0 <= x < 1 */
  random(): number;
  /** Per try, but for one last look. */
  readonly deadlineMs: number;
  /** How long a request may wait for settles to make room. */
  readonly waitMs: number;
  /** Puts into a window what was spent before its budget was known. */
  open(budget: Budget, window: BudgetWindow): Promise<void>;
}

/**
 * Admits requests against windows by compare and set: all windows of a request in one commit with its hold, all or
 * none. Requests with the same windows share commits; groups that share a window take turns within the instance.
 */
export class Admitter {
  private readonly deps: AdmitterDeps;
  private readonly groups = new Map<string, GroupCommit<Item, Attempted>>();
  private readonly turns = new Turns();
  /** When the store last failed, unless it has answered since. */
  private silence: { readonly sinceMs: number; readonly cause: unknown } = HEARD;

  constructor(deps: AdmitterDeps) {
    this.deps = deps;
  }

  /** Never rejects. A refusal leaves nothing behind; what is unavailable may. */
  async admit(request: AdmissionRequest): Promise<AdmissionResult> {
    const { clock, waitMs } = this.deps;
    const waitUntilMs = clock.nowMs() + waitMs;
    for (;;) {
      const result = await this.attempt({ ...request, arrivedMs: clock.nowMs() });
      if (result.status === "taken") return this.lastOf(request, result);
      if (result.status !== "wait") return result;
      if (clock.nowMs() >= waitUntilMs) return result.refusal;
      await this.pause(WAIT_STEP_MS);
    }
  }

  /**
   * Makes a hold and what it takes larger, for one more attempt. Nothing waits for settles.
   * @returns undefined when there is no room, or nobody can say: then the attempt must not be made
   */
  async raise(raise: Raise): Promise<LandedHold | undefined> {
    const { store, clock, deadlineMs } = this.deps;
    const ids = raise.windows.map(({ move }) => move.windowId);
    return this.turns.run(ids, async () => {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        if (tries > 0) await this.pause(BACK_OFF_MS);
        const now = new Date(clock.nowMs());
        const result = await tryRaise(store, raise, now, deadlineMs).catch(() => "full" as const);
        if (result === "full") return undefined;
        if (result !== "again") return result;
      }
      return undefined;
    });
  }

  private async attempt(request: Item): Promise<Attempted> {
    const ids = request.windows.map(({ move }) => move.windowId);
    const key = ids.join("\n");
    const group = this.groups.get(key) ?? this.makeGroup(ids);
    this.groups.set(key, group);
    try {
      return await group.add(request);
    } catch (cause) {
      return unavailable("store", cause);
    } finally {
      if (group.isIdle) this.groups.delete(key);
    }
  }

  private makeGroup(windowIds: readonly string[]): GroupCommit<Item, Attempted> {
    return new GroupCommit({
      commit: (items) => this.turns.run(windowIds, () => this.admitBatch(items)),
      clock: this.deps.clock,
      maxItems: MAX_BATCH,
      slowAfterMs: SLOW_AFTER_MS,
      maxInFlight: 1,
    });
  }

  /** A window that others moved meanwhile means another try. */
  private async admitBatch(batch: readonly Item[]): Promise<Attempted[]> {
    const results: Results = new Map();
    let open = batch.filter((item) => !this.isHopeless(item));
    let cause = this.silence.cause;
    for (let tries = 0; tries < MAX_TRIES && open.length > 0; tries += 1) {
      if (tries > 0) await this.pause(BACK_OFF_MS);
      cause = await this.tryBatch(open, tries > 0, results);
      open = open.filter((item) => !results.has(item));
    }
    return batch.map((item) => {
      const because = this.isHopeless(item) ? "store" : "contention";
      return results.get(item) ?? unavailable(because, cause);
    });
  }

  /** The store has fallen silent since it came: to wait for one more deadline would take too long. */
  private isHopeless({ arrivedMs }: Item): boolean {
    return this.silence.sinceMs > arrivedMs;
  }

  /** One try; requests that have no result after it are tried again. Gives back why. */
  private async tryBatch(
    batch: readonly Item[],
    isAgain: boolean,
    results: Results,
  ): Promise<unknown> {
    try {
      const dueMs = this.deps.clock.nowMs() + this.deps.deadlineMs;
      const view = await this.look(batch, isAgain, this.leftMs(dueMs));
      for (const item of batch) setFound(item, view, results);
      if (await this.openWindows(view.windows, this.leftMs(dueMs))) return undefined;
      const open = distinct(batch.filter((item) => !results.has(item)));
      const decisions = decideBatch(open, view.windows);
      for (const { request, ...ruling } of decisions) {
        if (ruling.status === "refuse") results.set(request, ruling.refusal);
        if (ruling.status === "wait") results.set(request, { ...ruling, status: "wait" });
      }
      const admitted = decisions.filter((decision) => decision.status === "admit");
      return admitted.length > 0
        ? await this.commit(admitted, view.windows, dueMs, results)
        : undefined;
    } catch (cause) {
      this.silence = { sinceMs: this.deps.clock.nowMs(), cause };
      for (const request of batch) {
        if (!results.has(request)) results.set(request, unavailable("store", cause));
      }
      return cause;
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
      setLanded(admitted, journals, outcome.versions, results);
      return undefined;
    }
    if (outcome.status === "unclear") {
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
    if (!view) this.silence = { sinceMs: this.deps.clock.nowMs(), cause };
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
      results.set(requests[0] as Item, unavailable("store", cause));
      return;
    }
    const middle = Math.ceil(requests.length / 2);
    for (const half of [requests.slice(0, middle), requests.slice(middle)]) {
      const attempted = await this.admitBatch(half);
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
    this.silence = HEARD;
    return viewOf(items, withPlaces, docs);
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
      const cancel = this.deps.clock.schedule(ms, () =>
        reject(new Error("what was spent before the budget was known is still being summed")),
      );
      work.then(() => resolve(), reject).finally(cancel);
    });
  }

  /** Whoever comes with an id that has settled is told of its last attempt. */
  private async lastOf({ identity }: AdmissionRequest, taken: Taken): Promise<Taken> {
    const { store, deadlineMs } = this.deps;
    if (!taken.entry) return taken;
    const last = lastAttempt(store, identity, taken.entry, deadlineMs);
    return { ...taken, entry: await last.catch(() => taken.entry) };
  }

  private leftMs(dueMs: number): number {
    return Math.max(dueMs - this.deps.clock.nowMs(), 0);
  }

  private pause([least, most]: readonly [number, number]): Promise<void> {
    const { clock, random } = this.deps;
    return new Promise((resolve) => {
      clock.schedule(least + random() * (most - least), resolve);
    });
  }
}
