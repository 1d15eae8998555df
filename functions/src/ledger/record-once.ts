import type { Entry, EntryDraft } from "./entry.ts";
import { LedgerStoreError } from "./errors.ts";
import { entryKey } from "./hold.ts";
import type { Snapshot } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import { planBooking, type SettleContext } from "./settle.ts";

/** What was found where the entry was to be written. */
export type RecordResult =
  | { readonly status: "recorded" }
  /** The same id and payload, recorded before, or by an earlier try of this commit. */
  | { readonly status: "repeated"; readonly entry: Entry }
  | { readonly status: "taken"; readonly entry: Snapshot };

/**
 * Records an entry that had no hold. Its nonce is made of its content, so that a repeat finds its own.
 * @throws LedgerStoreError when the store refused or did not answer: the caller may send it again
 */
export async function recordOnce(
  store: LedgerStore,
  draft: EntryDraft,
  context: SettleContext,
  deadlineMs: number,
): Promise<RecordResult> {
  const outcome = await store.commit(planBooking([draft], [], context), deadlineMs);
  if (outcome.status === "done") return { status: "recorded" };
  const [found] = await store.read([entryKey(draft.entryId)], deadlineMs);
  if (!found) throw new LedgerStoreError("the entry was not recorded", { cause: outcome.cause });
  if (found.fields.nonce === draft.nonce) {
    return { status: "repeated", entry: found.fields as unknown as Entry };
  }
  return { status: "taken", entry: found };
}
