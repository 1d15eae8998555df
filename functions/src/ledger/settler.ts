import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "../core/group-commit.ts";
import { correctionIdOf, twinIdOf } from "../core/ids.ts";
import { entryKey, holdKey } from "./hold.ts";
import type { Snapshot } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import { type FoundForSettlement, planContested, planSettle, type Settlement } from "./settle.ts";

/** Requests per settle batch: with outbox and hold well below Firestore's 500 transforms and 10 MiB. */
const MAX_BATCH = 50;
const SLOW_AFTER_MS = 300;
const MAX_IN_FLIGHT = 4;
const MAX_TRIES = 5;
/** Corrections of one entry that are looked for. */
const MAX_CHAIN = 20;

export interface SettlerDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly shards: number;
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

/** Settles requests in batches; every caller waits for its own. Never rejects. */
export class Settler {
  private readonly deps: SettlerDeps;
  private readonly group: GroupCommit<Settlement, SettleResult>;

  constructor(deps: SettlerDeps) {
    this.deps = deps;
    this.group = new GroupCommit({
      commit: (items) => this.settleBatch(items),
      clock: deps.clock,
      maxItems: MAX_BATCH,
      slowAfterMs: SLOW_AFTER_MS,
      maxInFlight: MAX_IN_FLIGHT,
    });
  }

  settle(settlement: Settlement): Promise<SettleResult> {
    return this.group.add(settlement);
  }

  /** Settles by reading first, for what is likely to have been written before (care, repeats). */
  settleAlone(settlement: Settlement): Promise<SettleResult> {
    return this.settleContested(settlement, { cause: undefined });
  }

  /** A clear refusal splits the batch by halves, so that one bad settlement never holds up the others. */
  private async settleBatch(batch: readonly Settlement[]): Promise<SettleResult[]> {
    const outcome = await this.deps.store.commit(
      planSettle(batch, this.context()),
      this.deps.deadlineMs,
    );
    if (outcome.status === "done") return batch.map(() => "ledger");
    const [only] = batch;
    if (batch.length === 1 && only) return [await this.settleContested(only, outcome)];
    if (outcome.status === "unclear") {
      return Promise.all(batch.map((item) => this.settleContested(item, outcome)));
    }
    const middle = Math.ceil(batch.length / 2);
    const halves = [batch.slice(0, middle), batch.slice(middle)];
    return (await Promise.all(halves.map((half) => this.settleBatch(half)))).flat();
  }

  /** Reads what is there and plans anew: a refusal may mean that an earlier try of the SDK's went through. */
  private async settleContested(
    settlement: Settlement,
    first: { readonly cause: unknown },
  ): Promise<SettleResult> {
    const { store, deadlineMs } = this.deps;
    let cause = first.cause;
    try {
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const writes = planContested(settlement, await this.lookUp(settlement), this.context());
        if (writes.length === 0) return "ledger";
        const outcome = await store.commit(writes, deadlineMs);
        if (outcome.status === "done") return "ledger";
        cause = outcome.cause;
        if (outcome.status === "unclear") break;
      }
    } catch (error) {
      cause = error;
    }
    await this.deps.keepElsewhere(settlement, cause);
    return "elsewhere";
  }

  private async lookUp(settlement: Settlement): Promise<FoundForSettlement> {
    const { entries, holdId } = settlement;
    const keys = [
      ...entries.map(({ entryId }) => entryKey(entryId)),
      ...entries.map(({ entryId, nonce }) => entryKey(twinIdOf(entryId, nonce))),
      ...(holdId === null ? [] : [holdKey(holdId)]),
    ];
    const found = await this.deps.store.read(keys, this.deps.deadlineMs);
    const own = found.slice(0, entries.length);
    return {
      entries: own,
      twins: found.slice(entries.length, 2 * entries.length),
      hold: holdId === null ? undefined : found.at(-1),
      chains: await Promise.all(
        entries.map(({ entryId }, i) =>
          own[i]?.fields.status === "expired" ? this.chainOf(entryId) : [],
        ),
      ),
    };
  }

  private async chainOf(entryId: string): Promise<Snapshot[]> {
    const keys = Array.from({ length: MAX_CHAIN }, (_, n) =>
      entryKey(correctionIdOf(entryId, n + 1)),
    );
    const found = await this.deps.store.read(keys, this.deps.deadlineMs);
    const end = found.indexOf(undefined);
    return found.slice(0, end < 0 ? MAX_CHAIN : end) as Snapshot[];
  }

  private context() {
    const { clock, shards, randomId } = this.deps;
    return { now: new Date(clock.nowMs()), shards, randomId };
  }
}
