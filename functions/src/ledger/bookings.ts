import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "../core/group-commit.ts";
import { type Hold, planJournal } from "./hold.ts";
import { commitWithin } from "./own-time.ts";
import type { CommitOutcome, Version, Write } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import { planSettle, type Settlement } from "./settle.ts";

/** Holds and settlements per commit: with outbox and windows well below Firestore's 500 transforms and 10 MiB. */
const MAX_BATCH = 64;
const SLOW_AFTER_MS = 300;
const MAX_IN_FLIGHT = 4;

export interface BookingDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly shards: number;
  randomId(): string;
}

interface Part {
  readonly work: { readonly hold: Hold } | { readonly settlement: Settlement };
  readonly dueMs: number;
}

/** "forgone": taken back before it left; "late": its turn came when its time was over. Neither was tried. */
export type Booked = CommitOutcome | "forgone" | "late";
type Leave = (part: Part, outcome: CommitOutcome) => void;

/**
 * What calls write that nobody can contest: holds under ids made here, and settlements. They share commits, for at
 * the rate at which calls come both kinds are waiting at any moment. A hold that still waits when its call has ended
 * need not be written at all.
 */
export class Bookings {
  private readonly deps: BookingDeps;
  private readonly group: GroupCommit<Part, Booked>;
  private readonly waitingHolds = new Map<string, Part>();

  constructor(deps: BookingDeps) {
    this.deps = deps;
    this.group = new GroupCommit({
      commit: (parts, leave) => this.commitBatch(parts, leave),
      clock: deps.clock,
      maxItems: MAX_BATCH,
      slowAfterMs: SLOW_AFTER_MS,
      maxInFlight: MAX_IN_FLIGHT,
    });
  }

  /** Writes a journal's hold; the one version of the outcome is the hold's. */
  hold(hold: Hold, dueMs: number): Promise<Booked> {
    const part: Part = { work: { hold }, dueMs };
    this.waitingHolds.set(hold.holdId, part);
    return this.group.add(part);
  }

  /** Takes back a hold that still waits. One that is on its way, or written, stays. */
  forgo(holdId: string): void {
    const part = this.waitingHolds.get(holdId);
    if (!part) return;
    this.waitingHolds.delete(holdId);
    this.group.takeBack(part, "forgone");
  }

  settle(settlement: Settlement, dueMs: number): Promise<Booked> {
    return this.group.add({ work: { settlement }, dueMs });
  }

  private commitBatch(parts: readonly Part[], leave: Leave): Promise<Booked[]> {
    for (const { work } of parts) {
      if ("hold" in work) this.waitingHolds.delete(work.hold.holdId);
    }
    return this.tryInTime(parts, leave, "late");
  }

  /** What has waited for its turn until its time was over goes without a try: nobody waits for it any more. */
  private async tryInTime(
    parts: readonly Part[],
    leave: Leave,
    tooLate: Booked,
  ): Promise<Booked[]> {
    const nowMs = this.deps.clock.nowMs();
    const inTime = parts.filter(({ dueMs }) => dueMs > nowMs);
    if (inTime.length === parts.length) return this.tryBatch(parts, leave);
    const tried = inTime.length > 0 ? await this.tryBatch(inTime, leave) : [];
    return parts.map((part) => tried[inTime.indexOf(part)] ?? tooLate);
  }

  /** A clear refusal splits the batch by halves, so that one bad part never holds up the others. */
  private async tryBatch(parts: readonly Part[], leave: Leave): Promise<Booked[]> {
    const outcome = await commitWithin(this.deps, parts, this.planOf(parts), leave);
    if (outcome.status === "done") return landed(parts, outcome.versions);
    if (parts.length === 1 || outcome.status === "unclear") return parts.map(() => outcome);
    const middle = Math.ceil(parts.length / 2);
    const halves = [parts.slice(0, middle), parts.slice(middle)];
    return (await Promise.all(halves.map((half) => this.tryInTime(half, leave, outcome)))).flat();
  }

  /** Holds first, so that their versions are. */
  private planOf(parts: readonly Part[]): Write[] {
    const { clock, shards, randomId } = this.deps;
    const holds: Write[] = [];
    const settlements: Settlement[] = [];
    for (const { work } of parts) {
      if ("hold" in work) holds.push(...planJournal(work.hold, false));
      else settlements.push(work.settlement);
    }
    const context = { now: new Date(clock.nowMs()), shards, randomId };
    return [...holds, ...planSettle(settlements, context)];
  }
}

function landed(parts: readonly Part[], versions: readonly Version[]): CommitOutcome[] {
  let holds = 0;
  return parts.map(({ work }) => {
    const own = "hold" in work ? [versions[holds++] as Version] : [];
    return { status: "done", versions: own };
  });
}
