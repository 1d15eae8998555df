import { FieldPath, type Firestore, Timestamp } from "@google-cloud/firestore";
import { assertSafeInteger } from "../core/money.ts";
import {
  type ComparedCollection,
  type CompareState,
  type CompareStore,
  type LedgerView,
  NO_STATE,
} from "../ledger/compare-port.ts";
import type { Hold } from "../ledger/hold.ts";
import type { Outbox } from "../ledger/outbox.ts";
import type { DocumentKey } from "../ledger/plan.ts";
import { applyPlan } from "./commit.ts";
import {
  ENTRIES_PER_PAGE,
  entryPages,
  pagesOf,
  plainReader,
  READ_DEADLINE_MS,
  type Reader,
  readerIn,
  sumsOf,
} from "./compare-reads.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, refOf, snapshotOf } from "./documents.ts";
import { buildQuery, QUERIES, type QuerySpec } from "./queries.ts";

/** An outbox document may have 200 KB. */
const WAITING_PER_PAGE = 100;
const COST = "totals.costNanoUsd";
const STATE: DocumentKey = { collection: "care_state", id: "compare" };

const MOVED: Readonly<Record<ComparedCollection, QuerySpec>> = {
  usage_monthly: QUERIES.monthsMoved,
  usage_sessions: QUERIES.sessionsMoved,
  usage_daily: QUERIES.daysMoved,
  budget_windows: QUERIES.windowsMoved,
};

/** @param shards DAY_SHARDS: entries carry 0 to shards - 1 */
export function firestoreCompare(db: Firestore, shards: number): CompareStore {
  const plain = plainReader(db);
  return {
    commit: (writes, deadlineMs) => applyPlan(db, writes, deadlineMs),

    /** Read-only transactions take no locks, and the first read says what instant it is. */
    atOneInstant: (look) =>
      db.runTransaction((transaction) => look(viewOf(db, shards, readerIn(db, transaction))), {
        readOnly: true,
      }),

    async movedSince(collection, since, limit, cursor) {
      const ordered = buildQuery(db, MOVED[collection], [since])
        .orderBy(FieldPath.documentId())
        .limit(limit)
        .select("updatedAt");
      const query = cursor ? ordered.startAfter(Timestamp.fromDate(cursor.at), cursor.id) : ordered;
      const { docs } = await plain.query(query);
      return docs.map((doc) => ({ id: doc.id, at: (doc.get("updatedAt") as Timestamp).toDate() }));
    },

    entries: (slice) => entryPages(db, shards, plain, slice),

    async *monthsOf(month) {
      const query = buildQuery(db, QUERIES.monthsByCost, [month]).select(COST);
      for await (const docs of pagesOf(plain, query, ENTRIES_PER_PAGE)) {
        yield docs.map(({ id }) => id);
      }
    },

    async loadState() {
      const [state] = await plain.documents([STATE]);
      return { ...NO_STATE, ...((state && fieldsOf(state)) as Partial<CompareState> | undefined) };
    },

    async saveState(state) {
      await withDeadline(refOf(db, STATE).set({ ...state }), READ_DEADLINE_MS);
    },
  };
}

function viewOf(db: Firestore, shards: number, reader: Reader): LedgerView {
  return {
    async read(docs) {
      return docs.length === 0 ? [] : (await reader.documents(docs)).map(snapshotOf);
    },
    async *pending() {
      const query = buildQuery(db, QUERIES.pendingOutbox, []).select("targets");
      for await (const docs of pagesOf(reader, query, WAITING_PER_PAGE)) {
        yield docs.map((doc) => fieldsOf(doc) as unknown as Outbox);
      }
    },
    async *holds() {
      const query = buildQuery(db, QUERIES.openHolds, []).select("windows");
      for await (const docs of pagesOf(reader, query, ENTRIES_PER_PAGE)) {
        yield docs.map((doc) => fieldsOf(doc) as unknown as Hold);
      }
    },
    sums: (slice) => sumsOf(db, shards, reader, slice),
    entries: (slice) => entryPages(db, shards, reader, slice),
    async lastRepair(aggregate) {
      const query = buildQuery(db, QUERIES.repairsOf, [aggregate]).limit(1).select("seq");
      const { docs } = await reader.query(query);
      return assertSafeInteger(Number(docs[0]?.get("seq") ?? 0), "seq");
    },
  };
}
