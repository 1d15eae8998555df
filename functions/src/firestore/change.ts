import type { Firestore } from "@google-cloud/firestore";
import { TollgateError } from "../core/errors.ts";
import type { DocumentKey, Fields } from "../ledger/plan.ts";
import { applyPlan } from "./commit.ts";
import { withDeadline } from "./deadline.ts";
import { refOf, snapshotOf } from "./documents.ts";
import { rethrowStoreError } from "./unavailable.ts";

const MAX_TRIES = 8;

/**
 * Reads a document and writes what `change` makes of it, by compare and set: when another was quicker, it is read
 * and changed again. Nothing is written when `change` gives nothing. A try that is refused may have been the SDK's
 * repetition of one that had landed: `change` then meets its own work, and has to know it.
 * @throws STORE_UNAVAILABLE when the store does not answer, or after 8 tries
 */
export async function changeDocument(
  db: Firestore,
  doc: DocumentKey,
  change: (before: Fields | undefined) => Fields | undefined,
  deadlineMs: number,
): Promise<Fields | undefined> {
  let cause: unknown;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const read = withDeadline(refOf(db, doc).get(), deadlineMs);
    const before = snapshotOf(await read.catch(rethrowStoreError));
    const after = change(before?.fields);
    if (!after) return undefined;
    const outcome = await applyPlan(
      db,
      [
        before
          ? { kind: "update", doc, fields: after, version: before.version }
          : { kind: "create", doc, fields: after },
      ],
      deadlineMs,
    );
    if (outcome.status === "done") return after;
    if (outcome.status === "refused" && outcome.why === "invalid") throw outcome.cause;
    cause = outcome.cause;
  }
  const message = `${doc.collection}/${doc.id} could not be changed; try again`;
  throw new TollgateError("STORE_UNAVAILABLE", message, { retryAfterSeconds: 5 }, { cause });
}
