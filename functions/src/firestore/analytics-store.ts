import { AggregateField, FieldPath, type Firestore, type Query } from "@google-cloud/firestore";
import { type AnalyticsStore, COUNTED_FIELDS, type PendingBatch } from "../analytics/port.ts";
import { readDay, readMonth, readSession } from "../analytics/records.ts";
import { assertSafeInteger } from "../core/money.ts";
import { monthDocId, sessionDocId } from "../ledger/contributions.ts";
import type { Outbox } from "../ledger/outbox.ts";
import type { Counters } from "../ledger/plan.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, refOf } from "./documents.ts";
import { entryQueries, mergePages } from "./entry-page.ts";
import { buildQuery, QUERIES } from "./queries.ts";
import { rethrowStoreError } from "./unavailable.ts";

const COST = "totals.costNanoUsd";

export interface AnalyticsOptions {
  /** DAY_SHARDS: entries carry 0 to shards - 1. It may be raised; lowered, older entries would not be found. */
  readonly shards: number;
  readonly deadlineMs: number;
}

/** Every method @throws TollgateError STORE_UNAVAILABLE when Firestore does not answer in time */
export function firestoreAnalytics(
  db: Firestore,
  { shards, deadlineMs }: AnalyticsOptions,
): AnalyticsStore {
  const within = <T>(operation: Promise<T>) =>
    withDeadline(operation, deadlineMs).catch(rethrowStoreError);
  const docsOf = async (query: Query) => (await within(query.get())).docs;
  const pagesOf = (queries: readonly Query[]) => Promise.all(queries.map(docsOf));

  return {
    async months(userId, months) {
      const refs = months.map((month) =>
        refOf(db, { collection: "usage_monthly", id: monthDocId(userId, month) }),
      );
      const found = await within(db.getAll(...refs));
      const items = found.filter(({ exists }) => exists).map((doc) => readMonth(fieldsOf(doc)));
      return { items, documentsRead: found.length };
    },

    async days(fromDay, toDay, maps) {
      const query = buildQuery(db, QUERIES.daysOfEveryone, [fromDay, toDay]);
      const docs = await docsOf(query.select("day", "totals", ...maps));
      return { items: docs.map((doc) => readDay(fieldsOf(doc))), documentsRead: docs.length };
    },

    async session(userId, sessionId) {
      const id = sessionDocId(userId, sessionId);
      const found = await within(refOf(db, { collection: "usage_sessions", id }).get());
      return found.exists ? readSession(fieldsOf(found)) : undefined;
    },

    async topMonths(month, limit, after) {
      const ordered = buildQuery(db, QUERIES.monthsByCost, [month])
        .orderBy(FieldPath.documentId(), "desc")
        .limit(limit);
      const query = after
        ? ordered.startAfter(after.costNanoUsd, monthDocId(after.userId, month))
        : ordered;
      const docs = await docsOf(query.select("userId", "month", "orgId", "department", "totals"));
      return { items: docs.map((doc) => readMonth(fieldsOf(doc))), documentsRead: docs.length };
    },

    async monthCostNanoUsd(month) {
      const query = buildQuery(db, QUERIES.monthsByCost, [month]);
      const found = await within(query.aggregate({ sum: AggregateField.sum(COST) }).get());
      return assertSafeInteger(found.data().sum, `sum of ${COST}`);
    },

    async entries(query) {
      return mergePages(await pagesOf(entryQueries(db, query, shards)), query.limit);
    },

    async countedEntries(query) {
      const queries = entryQueries(db, query, shards).map((q) => q.select(...COUNTED_FIELDS));
      return mergePages(await pagesOf(queries), query.limit);
    },

    async pending(limit) {
      const query = buildQuery(db, QUERIES.pendingOutbox, []).limit(limit);
      const docs = await docsOf(query.select("entryIds", "targets"));
      return docs.map((doc) => batchOf(fieldsOf(doc) as unknown as Outbox));
    },
  };
}

function batchOf({ entryIds, targets }: Pick<Outbox, "entryIds" | "targets">): PendingBatch {
  const calls = targets.map(
    ({ collection, id, add }) => [`${collection}/${id}`, callsIn(add)] as const,
  );
  return { entries: entryIds.length, calls: new Map(calls) };
}

/** A correction adds no call. */
function callsIn(add: Counters): number {
  const { totals } = add;
  return typeof totals === "object" ? Number(totals.calls ?? 0) : 0;
}
