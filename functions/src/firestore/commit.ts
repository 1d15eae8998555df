import { FieldValue, type Firestore, type WriteBatch } from "@google-cloud/firestore";
import type { CommitOutcome, Contribution, Counters, Write } from "../ledger/plan.ts";
import { withDeadline } from "./deadline.ts";
import { refOf, timestampOf, versionOf } from "./documents.ts";
import { refusalOf } from "./refusals.ts";
import { assertTransforms } from "./transforms.ts";

/** Applies a plan whole or not at all, and says what is known of it by the deadline. */
export async function applyPlan(
  db: Firestore,
  writes: readonly Write[],
  deadlineMs: number,
): Promise<CommitOutcome> {
  const batch = db.batch();
  try {
    for (const write of writes) addWrite(db, batch, write);
  } catch (cause) {
    return { status: "refused", why: "invalid", cause };
  }
  const commit = batch.commit();
  try {
    const results = await withDeadline(commit, deadlineMs);
    return { status: "done", versions: results.map(({ writeTime }) => versionOf(writeTime)) };
  } catch (cause) {
    return outcomeOf(cause, commit);
  }
}

/** After a deadline of ours the SDK goes on by itself: the commit may land until it has given up. */
function outcomeOf(cause: unknown, commit: Promise<unknown>): CommitOutcome {
  const why = refusalOf((cause as { code?: unknown }).code);
  if (why) return { status: "refused", why, cause };
  const ignore = () => {};
  return { status: "unclear", cause, ended: commit.then(ignore, ignore) };
}

function addWrite(db: Firestore, batch: WriteBatch, write: Write): void {
  const ref = refOf(db, write.doc);
  switch (write.kind) {
    case "create":
      batch.create(ref, write.fields);
      return;
    case "absent":
      batch.delete(ref, { exists: false });
      return;
    case "delete":
      batch.delete(
        ref,
        write.version ? { lastUpdateTime: timestampOf(write.version) } : { exists: true },
      );
      return;
    case "update":
      batch.update(
        ref,
        { ...write.fields, ...mapLeaves(write.add ?? {}, (value) => FieldValue.increment(value)) },
        { lastUpdateTime: timestampOf(write.version) },
      );
      return;
    case "add":
      batch.set(ref, mergeData(write), { merge: true });
      return;
    default:
      write satisfies never;
  }
}

/** Nested objects, never dotted paths: keys such as "openai/gpt-4.1" hold dots. */
function mergeData(contribution: Contribution): Record<string, unknown> {
  assertTransforms(contribution);
  const { set, add, min = {}, max = {} } = contribution;
  return {
    ...set,
    ...mapLeaves(add, (value) => FieldValue.increment(value)),
    ...mapLeaves(min, (value) => FieldValue.minimum(value)),
    ...mapLeaves(max, (value) => FieldValue.maximum(value)),
  };
}

function mapLeaves(tree: Counters, leaf: (value: number) => FieldValue): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "number" ? leaf(value) : mapLeaves(value, leaf),
    ]),
  );
}
