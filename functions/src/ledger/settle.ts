import { shardOf, twinIdOf } from "../core/ids.ts";
import { planCorrection } from "./corrections.ts";
import type { Entry, EntryDraft } from "./entry.ts";
import { entryKey, holdKey, type LandedHold } from "./hold.ts";
import { outboxesOf, outboxFields, outboxKey } from "./outbox.ts";
import type { Snapshot, Write } from "./plan.ts";

/** What settling one request writes: its attempts' entries, and its hold if that is known to have landed. */
export interface Settlement {
  readonly entries: readonly EntryDraft[];
  readonly holdId: string | null;
  readonly hold: LandedHold | null;
}

export interface SettleContext {
  readonly now: Date;
  readonly shards: number;
  /** A fresh random id for an outbox document. */
  randomId(): string;
}

/** What is stored where a settlement wants to write. */
export interface FoundForSettlement {
  readonly entries: readonly (Snapshot | undefined)[];
  /** Entries under the ids that a call which ran twice would take. */
  readonly twins: readonly (Snapshot | undefined)[];
  readonly hold: Snapshot | undefined;
  /** Corrections of each entry that is there already, in the order of their chain. */
  readonly chains: readonly (readonly Snapshot[])[];
}

/** The hopeful plan of a batch: nothing of it is there yet, each hold is as it landed. */
export function planSettle(batch: readonly Settlement[], context: SettleContext): Write[] {
  const drafts = batch.flatMap(({ entries }) => entries);
  const holds = batch.flatMap(({ hold }) => (hold ? [hold] : []));
  return [
    ...planEntries(drafts, context),
    ...holds.map(
      (hold): Write => ({ kind: "delete", doc: holdKey(hold.holdId), version: hold.version }),
    ),
  ];
}

/**
 * The plan of one settlement after reading what is there. Empty: everything was written before.
 * - no entry: create it; one's own: done; one's own that care wrote (`expired`): a correction to the actual cost;
 *   another's: one's own entry beside it, for a call that really ran twice.
 * - the hold, if it is one's own, goes in the same commit.
 */
export function planContested(
  settlement: Settlement,
  found: FoundForSettlement,
  context: SettleContext,
): Write[] {
  const drafts = settlement.entries.flatMap((draft, index) =>
    draftsFor(
      draft,
      found.entries[index],
      found.twins[index],
      found.chains[index] ?? [],
      context.now,
    ),
  );
  const nonce = settlement.entries[0]?.nonce;
  const ownHold = found.hold && found.hold.fields.nonce === nonce ? found.hold : undefined;
  const release: Write[] =
    ownHold && settlement.holdId !== null
      ? [{ kind: "delete", doc: holdKey(settlement.holdId), version: ownHold.version }]
      : [];
  return [...planEntries(drafts, context), ...release];
}

/** Creates entries and the outbox documents that carry their sums; a batch's entries share one shard. */
export function planEntries(drafts: readonly EntryDraft[], context: SettleContext): Write[] {
  const first = drafts[0];
  if (!first) return [];
  const shard = shardOf(first.entryId, context.shards);
  const entries: Entry[] = drafts.map((draft) => ({ ...draft, shard }));
  return [
    ...entries.map(
      (entry): Write => ({ kind: "create", doc: entryKey(entry.entryId), fields: { ...entry } }),
    ),
    ...outboxesOf(entries, context.now).map(
      (outbox): Write => ({
        kind: "create",
        doc: outboxKey(context.randomId()),
        fields: outboxFields(outbox),
      }),
    ),
  ];
}

function draftsFor(
  draft: EntryDraft,
  there: Snapshot | undefined,
  twin: Snapshot | undefined,
  chain: readonly Snapshot[],
  now: Date,
): EntryDraft[] {
  if (!there) return [draft];
  const entry = there.fields as unknown as Entry;
  if (entry.nonce !== draft.nonce) {
    return twin ? [] : [{ ...draft, entryId: twinIdOf(draft.entryId, draft.nonce) }];
  }
  if (entry.status !== "expired" || draft.status === "expired") return [];
  return planCorrection(
    entry,
    chain.map(({ fields }) => fields as unknown as Entry),
    draft,
    now,
  );
}
