import { shardOf, twinIdOf } from "../core/ids.ts";
import { planCorrection } from "./corrections.ts";
import { bookedAnew, type Entry, type EntryDraft } from "./entry.ts";
import { entryKey, type LandedHold, landedHold } from "./hold.ts";
import { outboxesOf, outboxFields, outboxKey } from "./outbox.ts";
import type { Snapshot, Write } from "./plan.ts";
import { planHoldsEnd, planWindows } from "./reserve.ts";

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
  /** In the order of its entries. */
  readonly places: readonly FoundPlace[];
  readonly hold: Snapshot | undefined;
}

export interface FoundPlace {
  /** Under the entry's own id. */
  readonly there: Snapshot | undefined;
  /** Under the id that it takes beside another's entry, for a call that really ran twice. */
  readonly twin: Snapshot | undefined;
  /** Corrections of whichever of them is the settlement's own, in the order of their chain. */
  readonly chain: readonly Snapshot[];
}

/** The hopeful plan of a batch: nothing of it is there yet, each hold is as it landed. */
export function planSettle(batch: readonly Settlement[], context: SettleContext): Write[] {
  const drafts = batch.flatMap(({ entries }) => entries);
  const holds = batch.flatMap(({ hold }) => (hold ? [hold] : []));
  return planBooking(drafts, holds, context);
}

/**
 * The plan of one settlement after reading what is there. Empty: everything was written before.
 * - no entry: create it, booked as of now; one's own: done; one's own that care wrote (`expired`): a correction to the
 *   actual cost; another's: the same under an id of one's own, for a call that really ran twice.
 * - the hold, if it is one's own, goes in the same commit.
 */
export function planContested(
  settlement: Settlement,
  found: FoundForSettlement,
  context: SettleContext,
): Write[] {
  const drafts = settlement.entries.flatMap((draft, index) =>
    draftsFor(draft, found.places[index] ?? NOTHING_THERE, context.now),
  );
  return planBooking(drafts, ownHolds(settlement, found.hold), context);
}

/** Entries with their outbox, the holds that end, and the windows that move with both: one commit. */
export function planBooking(
  drafts: readonly EntryDraft[],
  holds: readonly LandedHold[],
  context: SettleContext,
): Write[] {
  return [
    ...planEntries(drafts, context),
    ...planHoldsEnd(holds),
    ...planWindows(drafts, holds, context.now),
  ];
}

/** Only one's own hold is given back. */
function ownHolds({ entries, holdId }: Settlement, found: Snapshot | undefined): LandedHold[] {
  if (holdId === null || !found || found.fields.nonce !== entries[0]?.nonce) return [];
  return [landedHold(holdId, found)];
}

/** The entry that a draft's settlement has written before; undefined when there is none yet. */
export function ownEntry(
  draft: EntryDraft,
  { there, twin }: Pick<FoundPlace, "there" | "twin">,
): Entry | undefined {
  const own = there && there.fields.nonce !== draft.nonce ? twin : there;
  return own?.fields as Entry | undefined;
}

/** Creates entries and the outbox documents that carry their sums; a batch's entries share one shard. */
function planEntries(drafts: readonly EntryDraft[], context: SettleContext): Write[] {
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

const NOTHING_THERE: FoundPlace = { there: undefined, twin: undefined, chain: [] };

function draftsFor(draft: EntryDraft, place: FoundPlace, now: Date): EntryDraft[] {
  const own = ownEntry(draft, place);
  if (!own) {
    const entryId = place.there ? twinIdOf(draft.entryId, draft.nonce) : draft.entryId;
    return [{ ...bookedAnew(draft, now), entryId }];
  }
  if (own.status !== "expired" || draft.status === "expired") return [];
  const chain = place.chain.map(({ fields }) => fields as unknown as Entry);
  return planCorrection(own, chain, draft, now);
}
