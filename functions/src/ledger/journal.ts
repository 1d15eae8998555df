import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "../core/group-commit.ts";
import type { Bookings } from "./bookings.ts";
import { LedgerStoreError } from "./errors.ts";
import { entryKey, type Hold, holdKey, type LandedHold, landedHold, planJournal } from "./hold.ts";
import { lastAttempt } from "./last-attempt.ts";
import { commitWithin } from "./own-time.ts";
import type { CommitOutcome, Snapshot, Write } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import { planRelease } from "./reserve.ts";

/** Holds per commit; a request whose id the client made takes two writes. */
const MAX_BATCH = 100;
const SLOW_AFTER_MS = 300;
const MAX_IN_FLIGHT = 4;
/** After the deadline there is one more look at what became of a commit, this long. */
const LAST_LOOK_MS = 500;
/** Longer and longer pauses between tries to take a hold back, until it expires: 23 tries in 20 minutes. */
const WITHDRAW_PAUSE_MS = 5_000;
const MAX_WITHDRAW_PAUSE_MS = 60_000;
/** For what expires later than that: as long as a function can run, 60 minutes. */
const MAX_WITHDRAW_TRIES = 70;

export interface JournalDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** Where holds share commits with settlements; without it they have commits of their own. */
  readonly bookings?: Bookings;
  /** From a hold's arrival until nobody waits for it any more, but for one last look. */
  readonly deadlineMs: number;
}

export type JournalResult =
  | { readonly status: "landed"; readonly hold: LandedHold }
  /** The request id is taken; the entry of its last attempt and its hold as they were found. */
  | {
      readonly status: "taken";
      readonly entry: Snapshot | undefined;
      readonly hold: Snapshot | undefined;
    }
  /** The call was over before its hold had left: there is none. */
  | { readonly status: "forgone" }
  /** Nobody knows whether the hold is there, or will be until `ended` has resolved. */
  | {
      readonly status: "unclear";
      readonly cause: unknown;
      /** Undefined: it was never sent, so that there is nothing to take back. */
      readonly ended: Promise<void> | undefined;
    };

/** What says that a hold is one's own, and until when. */
type OwnHold = Pick<Hold, "holdId" | "nonce" | "expiresAt">;

type Missed = Exclude<CommitOutcome, { status: "done" }>;

interface Item {
  readonly hold: Hold;
  readonly idIsTheClients: boolean;
  readonly dueMs: number;
}

/** Writes holds: the record that a call began, from which care makes an entry if the process dies. */
export class Journal {
  private readonly deps: JournalDeps;
  private readonly group: GroupCommit<Item, JournalResult>;

  constructor(deps: JournalDeps) {
    this.deps = deps;
    this.group = new GroupCommit({
      commit: (items, leave) => this.writeBatch(items, leave),
      clock: deps.clock,
      maxItems: MAX_BATCH,
      slowAfterMs: SLOW_AFTER_MS,
      maxInFlight: MAX_IN_FLIGHT,
    });
  }

  /** Never rejects. */
  async write(hold: Hold, idIsTheClients: boolean): Promise<JournalResult> {
    const dueMs = this.deps.clock.nowMs() + this.deps.deadlineMs;
    const { bookings } = this.deps;
    const item = { hold, idIsTheClients, dueMs };
    try {
      // An id of the client's may be taken: its refusal is not to delay what others settle.
      if (!bookings || idIsTheClients) return await this.group.add(item);
      return await this.writeBeside(bookings, item);
    } catch (cause) {
      return { status: "unclear", cause, ended: Promise.resolve() };
    }
  }

  /** Says that a call is over: if its hold has not left yet, it need not be written. */
  forgo(holdId: string): void {
    this.deps.bookings?.forgo(holdId);
  }

  /**
   * Makes a hold's bound larger. When the store does not take it, what stands there is found by the nonce when the call
   * settles, and care would charge the smaller bound. Never rejects.
   */
  async raise(landed: LandedHold, bound: Hold["bound"]): Promise<LandedHold> {
    const { store, deadlineMs } = this.deps;
    const { holdId, version } = landed;
    const write: Write = { kind: "update", doc: holdKey(holdId), fields: { bound }, version };
    const outcome = await store.commit([write], deadlineMs);
    return outcome.status === "done"
      ? { ...landed, version: outcome.versions[0] as string }
      : landed;
  }

  /**
   * Takes back the hold of a call that was refused because its commit was unclear: otherwise a late landing would
   * occupy the request id and its budgets, and care would charge for a call that never ran. What has landed by now is
   * taken back at once, the rest when nothing can land any more. If the process ends before, or the store takes nothing
   * until the hold has expired, care's estimate stands. Never rejects; nobody waits for it.
   */
  async withdraw(hold: OwnHold, { ended }: { readonly ended: Promise<void> }): Promise<void> {
    await this.isGone(hold);
    await ended;
    let pauseMs = WITHDRAW_PAUSE_MS;
    for (let tries = 0; tries < MAX_WITHDRAW_TRIES; tries += 1) {
      if ((await this.isGone(hold)) || this.hasExpired(hold)) return;
      await new Promise<void>((resolve) => {
        this.deps.clock.schedule(pauseMs, resolve);
      });
      pauseMs = Math.min(2 * pauseMs, MAX_WITHDRAW_PAUSE_MS);
    }
  }

  private hasExpired({ expiresAt }: OwnHold): boolean {
    return this.deps.clock.nowMs() >= expiresAt.getTime();
  }

  /** Deletes the hold if it is there, and gives back what it reserved; false when nobody can say. */
  private async isGone(hold: OwnHold): Promise<boolean> {
    const { store, clock, deadlineMs } = this.deps;
    const doc = holdKey(hold.holdId);
    try {
      const [stored] = await store.read([doc], deadlineMs);
      if (stored?.fields.nonce !== hold.nonce) return true;
      const release = planRelease([landedHold(hold.holdId, stored)], new Date(clock.nowMs()));
      return (await store.commit(release, deadlineMs)).status === "done";
    } catch {
      return false; // The store does not answer yet.
    }
  }

  private async writeBeside(bookings: Bookings, item: Item): Promise<JournalResult> {
    const booked = await bookings.hold(item.hold, item.dueMs);
    if (booked === "forgone") return { status: "forgone" };
    if (booked === "late") {
      const cause = new LedgerStoreError("its turn came too late");
      return { status: "unclear", cause, ended: undefined };
    }
    return booked.status === "done"
      ? landedAs(item.hold, booked.versions[0] as string)
      : this.lookUp(item, booked);
  }

  private async writeBatch(
    batch: readonly Item[],
    leave: (item: Item, result: JournalResult) => void,
  ): Promise<JournalResult[]> {
    const plans = batch.map(({ hold, idIsTheClients }) => planJournal(hold, idIsTheClients));
    const early = new Map<Item, Promise<JournalResult>>();
    const outcome = await commitWithin(this.deps, batch, plans.flat(), (item, unclear) => {
      const look = this.lookUp(item, unclear);
      early.set(item, look);
      void look.then((result) => leave(item, result));
    });
    if (outcome.status === "done") return landed(batch, plans, outcome.versions);
    if (batch.length === 1 || outcome.status === "unclear") {
      return Promise.all(batch.map((item) => early.get(item) ?? this.lookUp(item, outcome)));
    }
    return this.apart(batch, early, outcome, leave);
  }

  /** Whose time is over has been told so, and is not written again: nobody would know of that hold. */
  private async apart(
    batch: readonly Item[],
    early: ReadonlyMap<Item, Promise<JournalResult>>,
    outcome: Missed,
    leave: (item: Item, result: JournalResult) => void,
  ): Promise<JournalResult[]> {
    const again = batch.filter((item) => !early.has(item) && this.leftMs(item) > 0);
    const middle = Math.ceil(again.length / 2);
    const halves = [again.slice(0, middle), again.slice(middle)].filter(({ length }) => length > 0);
    const written = await Promise.all(halves.map((half) => this.writeBatch(half, leave)));
    const results = new Map(written.flat().map((result, index) => [again[index] as Item, result]));
    return Promise.all(
      batch.map((item) => results.get(item) ?? early.get(item) ?? this.lookUp(item, outcome)),
    );
  }

  /** One's own nonce in the hold means that the commit went through, whatever its error said. */
  private async lookUp(item: Item, outcome: Missed): Promise<JournalResult> {
    const { hold } = item;
    const ended = outcome.status === "unclear" ? outcome.ended : Promise.resolve();
    try {
      const keys = [entryKey(hold.entryId), holdKey(hold.holdId)];
      const deadlineMs = Math.max(this.leftMs(item), LAST_LOOK_MS);
      const [entry, stored] = await this.deps.store.read(keys, deadlineMs);
      if (stored?.fields.nonce === hold.nonce) {
        return { status: "landed", hold: landedHold(hold.holdId, stored) };
      }
      if (outcome.status === "refused" && (entry || stored)) {
        const last = entry && (await lastAttempt(this.deps.store, hold, entry, deadlineMs));
        return { status: "taken", entry: last, hold: stored };
      }
      return { status: "unclear", cause: outcome.cause, ended };
    } catch (cause) {
      return { status: "unclear", cause, ended };
    }
  }

  private leftMs({ dueMs }: Item): number {
    return Math.max(dueMs - this.deps.clock.nowMs(), 0);
  }
}

function landed(
  batch: readonly Item[],
  plans: readonly { length: number }[],
  versions: readonly string[],
): JournalResult[] {
  let at = 0;
  return batch.map(({ hold }, index) => {
    const version = versions[at] as string;
    at += plans[index]?.length ?? 0;
    return landedAs(hold, version);
  });
}

function landedAs({ holdId, windows }: Hold, version: string): JournalResult {
  return { status: "landed", hold: { holdId, version, windows } };
}
