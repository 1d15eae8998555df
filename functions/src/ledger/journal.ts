import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "../core/group-commit.ts";
import { entryKey, type Hold, holdKey, type LandedHold, planJournal } from "./hold.ts";
import type { CommitOutcome, Snapshot } from "./plan.ts";
import type { LedgerStore } from "./port.ts";

/** Holds per commit; a request whose id the client made takes two writes. */
const MAX_BATCH = 100;
const SLOW_AFTER_MS = 300;
const MAX_IN_FLIGHT = 4;

export interface JournalDeps {
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

export type JournalResult =
  | { readonly status: "landed"; readonly hold: LandedHold }
  /** The request id is taken; entry and hold as they were found. */
  | {
      readonly status: "taken";
      readonly entry: Snapshot | undefined;
      readonly hold: Snapshot | undefined;
    }
  /** Nobody knows whether the hold is there. */
  | { readonly status: "unclear"; readonly cause: unknown };

interface Item {
  readonly hold: Hold;
  readonly idIsTheClients: boolean;
}

/** Writes holds: the record that a call began, from which care makes an entry if the process dies. */
export class Journal {
  private readonly deps: JournalDeps;
  private readonly group: GroupCommit<Item, JournalResult>;

  constructor(deps: JournalDeps) {
    this.deps = deps;
    this.group = new GroupCommit({
      commit: (items) => this.writeBatch(items),
      clock: deps.clock,
      maxItems: MAX_BATCH,
      slowAfterMs: SLOW_AFTER_MS,
      maxInFlight: MAX_IN_FLIGHT,
    });
  }

  /** Never rejects. */
  write(hold: Hold, idIsTheClients: boolean): Promise<JournalResult> {
    return this.group.add({ hold, idIsTheClients });
  }

  private async writeBatch(batch: readonly Item[]): Promise<JournalResult[]> {
    const plans = batch.map(({ hold, idIsTheClients }) => planJournal(hold, idIsTheClients));
    const outcome = await this.deps.store.commit(plans.flat(), this.deps.deadlineMs);
    if (outcome.status === "done") return landed(batch, plans, outcome.versions);
    const [only] = batch;
    if (batch.length === 1 && only) return [await this.lookUp(only, outcome)];
    if (outcome.status === "unclear")
      return Promise.all(batch.map((item) => this.lookUp(item, outcome)));
    const middle = Math.ceil(batch.length / 2);
    const halves = [batch.slice(0, middle), batch.slice(middle)];
    return (await Promise.all(halves.map((half) => this.writeBatch(half)))).flat();
  }

  /** One's own nonce in the hold means that the commit went through, whatever its error said. */
  private async lookUp(
    { hold }: Item,
    outcome: Exclude<CommitOutcome, { status: "done" }>,
  ): Promise<JournalResult> {
    try {
      const keys = [entryKey(hold.entryId), holdKey(hold.holdId)];
      const [entry, stored] = await this.deps.store.read(keys, this.deps.deadlineMs);
      if (stored?.fields.nonce === hold.nonce) {
        return { status: "landed", hold: { holdId: hold.holdId, version: stored.version } };
      }
      if (outcome.status === "refused" && (entry || stored))
        return { status: "taken", entry, hold: stored };
      return { status: "unclear", cause: outcome.cause };
    } catch (cause) {
      return { status: "unclear", cause };
    }
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
    return { status: "landed", hold: { holdId: hold.holdId, version } };
  });
}
