import {
  FieldPath,
  type Firestore,
  type QueryDocumentSnapshot,
  Timestamp,
} from "@google-cloud/firestore";
import type { Hold } from "../ledger/hold.ts";
import type { Outbox } from "../ledger/outbox.ts";
import type { Fields } from "../ledger/plan.ts";
import type { Cursor, LedgerStore, Page } from "../ledger/port.ts";
import { applyPlan } from "./commit.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, fromFirestore, refOf, snapshotOf, versionOf } from "./documents.ts";
import { buildQuery, QUERIES, type QuerySpec } from "./queries.ts";

/** For scheduled work, where nobody waits for an answer. */
const PAGE_DEADLINE_MS = 20_000;

export function firestoreLedger(db: Firestore): LedgerStore {
  return {
    commit: (writes, deadlineMs) => applyPlan(db, writes, deadlineMs),

    async read(docs, deadlineMs) {
      if (docs.length === 0) return [];
      const found = await withDeadline(db.getAll(...docs.map((doc) => refOf(db, doc))), deadlineMs);
      return found.map(snapshotOf);
    },

    async readMaps(docs, mapNames, deadlineMs) {
      if (docs.length === 0) return [];
      const refs = docs.map((doc) => refOf(db, doc));
      const found = await withDeadline(
        db.getAll(...refs, { fieldMask: [...mapNames] }),
        deadlineMs,
      );
      return found.map((snapshot) =>
        snapshot.exists ? (fromFirestore(snapshot.data()) as Fields) : undefined,
      );
    },

    oldOutbox: (before, pageSize, cursor) =>
      page<Outbox>(db, QUERIES.oldOutbox, "createdAt", before, pageSize, cursor),

    expiredHolds: (before, pageSize, cursor) =>
      page<Hold>(db, QUERIES.expiredHolds, "expiresAt", before, pageSize, cursor),
  };
}

async function page<T>(
  db: Firestore,
  spec: QuerySpec,
  field: "createdAt" | "expiresAt",
  before: Date,
  pageSize: number,
  cursor: Cursor | undefined,
): Promise<Page<T>> {
  const ordered = buildQuery(db, spec, [before]).orderBy(FieldPath.documentId()).limit(pageSize);
  const query = cursor ? ordered.startAfter(Timestamp.fromDate(cursor.at), cursor.id) : ordered;
  const { docs } = await withDeadline(query.get(), PAGE_DEADLINE_MS);
  const last = docs.at(-1);
  return {
    items: docs.map((doc) => itemOf<T>(doc)),
    next:
      last && docs.length === pageSize
        ? { at: (last.get(field) as Timestamp).toDate(), id: last.id }
        : undefined,
  };
}

function itemOf<T>(doc: QueryDocumentSnapshot): Page<T>["items"][number] {
  return { id: doc.id, version: versionOf(doc.updateTime), value: fieldsOf(doc) as unknown as T };
}
