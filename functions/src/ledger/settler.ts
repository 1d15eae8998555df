import type { Clock } from "../core/clock.ts";
import { correctionIdOf, twinIdOf } from "../core/ids.ts";
import { Bookings } from "./bookings.ts";
import type { EntryDraft } from "./entry.ts";
import { LedgerStoreError } from "./errors.ts";
import { entryKey, holdKey } from "./hold.ts";
import type { Snapshot } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import {
  type FoundForSettlement,
  type FoundPlace,
  ownEntry,
  planContested,
  type Settlement,
} from "./settle.ts";

const MAX_TRIES = 5;
/** Corrections of one entry that are looked for. */
const MAX_CHAIN = 20;
/** After the deadline there is one more look at what became of a commit, this long. */
const LAST_LOOK_MS = 500;

export interface SettlerDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly shards: number;
  /** Where settlements share commits with the holds of a journal; without it they have commits of their own. */
  readonly bookings?: Bookings;
  /** From a settlement's arrival until it is handed to the last resort, but for one last look. */
  readonly deadlineMs: number;
  randomId(): string;
  /**
   * The last resort for a settlement that the store did not take: it must make the entry durable elsewhere,
   * and never throws.
   */
  keepElsewhere(settlement: Settlement, cause: unknown): Promise<void>;
}

/** "ledger": the entry is durable in Firestore. "elsewhere": it was handed to the last resort. */
export type SettleResult = "ledger" | "elsewhere";

/** What became of a settlement in the store: written now, there already, or neither, for all that is known. */
type Tried =
  | { readonly status: "written" | "already" }
  | { readonly status: "missed"; readonly cause: unknown };

interface Item {
  readonly settlement: Settlement;
  readonly dueMs: number;
}

/** Settles requests in batches; every caller waits for its own. */
export class Settler {
  private readonly deps: SettlerDeps;
  private readonly bookings: Bookings;

  constructor(deps: SettlerDeps) {
    this.deps = deps;
    this.bookings = deps.bookings ?? new Bookings(deps);
  }

  /**
   * Ends at the latest `deadlineMs` and one last look after the settlement's arrival, but for what the last resort
   * takes. Never rejects.
   */
  async settle(
    settlement: Settlement,
    arrivedAtMs = this.deps.clock.nowMs(),
  ): Promise<SettleResult> {
    const item = { settlement, dueMs: arrivedAtMs + this.deps.deadlineMs };
    const tried = await this.withinItsTime(item, this.book(item));
    if (tried.status !== "missed") return "ledger";
    await this.deps.keepElsewhere(settlement, tried.cause);
    return "elsewhere";
  }

  /**
   * Settles by reading first, for what is likely to have been written before (care, overflow, replays).
   * @throws LedgerStoreError when the store did not take it, which may then be tried again
   */
  async settleAlone(settlement: Settlement): Promise<"written" | "already"> {
    const dueMs = this.deps.clock.nowMs() + this.deps.deadlineMs;
    const tried = await this.contest({ settlement, dueMs }, undefined);
    if (tried.status === "missed") {
      throw new LedgerStoreError("the entries were not written", { cause: tried.cause });
    }
    return tried.status;
  }

  /** What hangs before it in the queue, or reads that hang one after the other, hold nobody up for longer. */
  private withinItsTime(item: Item, work: Promise<Tried>): Promise<Tried> {
    const { clock } = this.deps;
    return new Promise((resolve) => {
      const miss = (cause: unknown) => resolve({ status: "missed", cause });
      const cancel = clock.schedule(item.dueMs + LAST_LOOK_MS - clock.nowMs(), () =>
        miss(new LedgerStoreError("the store did not take the entries in time")),
      );
      work.then(resolve, miss).finally(cancel);
    });
  }

  private async book(item: Item): Promise<Tried> {
    const booked = await this.bookings.settle(item.settlement, item.dueMs);
    if (typeof booked === "string") {
      return { status: "missed", cause: new LedgerStoreError("its turn came too late") };
    }
    if (booked.status === "done") return { status: "written" };
    return this.contest(item, booked.cause);
  }

  /**
   * Reads what is there and plans anew: a refusal, like silence, may mean that an earlier try went through. What is
   * found there was written by it; what is not may be written again, for whichever lands second is refused.
   */
  private async contest(item: Item, firstCause: unknown): Promise<Tried> {
    let cause = firstCause;
    let wasTried = firstCause !== undefined;
    let isWritten = false;
    try {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const leftMs = this.leftMs(item);
        const found = await this.lookUp(item.settlement, Math.max(leftMs, LAST_LOOK_MS));
        const writes = planContested(item.settlement, found, this.context());
        isWritten = !writes.some(({ kind }) => kind === "create");
        if (writes.length === 0 || leftMs === 0) break;
        wasTried ||= !isWritten;
        const outcome = await this.deps.store.commit(writes, leftMs);
        isWritten ||= outcome.status === "done";
        if (outcome.status === "done") break;
        cause = outcome.cause;
      }
    } catch (error) {
      cause = error;
    }
    if (!isWritten) return { status: "missed", cause };
    return { status: wasTried ? "written" : "already" };
  }

  private async lookUp(settlement: Settlement, deadlineMs: number): Promise<FoundForSettlement> {
    const { entries, holdId } = settlement;
    const keys = [
      ...entries.map(({ entryId }) => entryKey(entryId)),
      ...entries.map(({ entryId, nonce }) => entryKey(twinIdOf(entryId, nonce))),
      ...(holdId === null ? [] : [holdKey(holdId)]),
    ];
    const found = await this.deps.store.read(keys, deadlineMs);
    const places = entries.map(async (draft, index): Promise<FoundPlace> => {
      const place = { there: found[index], twin: found[entries.length + index] };
      return { ...place, chain: await this.chainOf(ownEntry(draft, place), deadlineMs) };
    });
    return {
      places: await Promise.all(places),
      hold: holdId === null ? undefined : found.at(-1),
    };
  }

  /** Only what care has guessed is ever corrected here. */
  private async chainOf(
    entry: Pick<EntryDraft, "entryId" | "status"> | undefined,
    deadlineMs: number,
  ): Promise<Snapshot[]> {
    if (entry?.status !== "expired") return [];
    const keys = Array.from({ length: MAX_CHAIN }, (_, n) =>
      entryKey(correctionIdOf(entry.entryId, n + 1)),
    );
    const found = await this.deps.store.read(keys, deadlineMs);
    const end = found.indexOf(undefined);
    return found.slice(0, end < 0 ? MAX_CHAIN : end) as Snapshot[];
  }

  private leftMs(item: Item | undefined): number {
    return Math.max((item?.dueMs ?? 0) - this.deps.clock.nowMs(), 0);
  }

  private context() {
    const { clock, shards, randomId } = this.deps;
    return { now: new Date(clock.nowMs()), shards, randomId };
  }
}
