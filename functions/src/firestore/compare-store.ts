import {
  AggregateField,
  type AggregateQuery,
  FieldPath,
  type Firestore,
  type Query,
  type QuerySnapshot,
  Timestamp,
  type Transaction,
} from "@google-cloud/firestore";
import { positionOf } from "../analytics/edges.ts";
import type { EntryEdges, EntryPosition } from "../analytics/port.ts";
import { assertSafeInteger } from "../core/money.ts";
import {
  type ComparedCollection,
  type CompareState,
  type CompareStore,
  type EntrySlice,
  type EntrySums,
  FOLDED_FIELDS,
  type FoldedEntry,
  type LedgerView,
  NO_STATE,
} from "../ledger/compare-port.ts";
import type { Hold } from "../ledger/hold.ts";
import type { Outbox } from "../ledger/outbox.ts";
import type { DocumentKey } from "../ledger/plan.ts";
import { applyPlan } from "./commit.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, refOf, snapshotOf } from "./documents.ts";
import { entryQueries, mergePages, shardChunks, shardQueries } from "./entry-page.ts";
import { buildQuery, QUERIES, type QuerySpec, SUMMED } from "./queries.ts";

/** For scheduled work, where nobody waits for an answer. */
const READ_DEADLINE_MS = 20_000;
const ENTRIES_PER_PAGE = 500;
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

const SUMS: Readonly<Record<EntrySlice["lead"], QuerySpec>> = {
  user: QUERIES.sumsOfUser,
  session: QUERIES.sumsOfSession,
  key: QUERIES.sumsOfKey,
  agent: QUERIES.sumsOfAgent,
  department: QUERIES.sumsOfDepartment,
  org: QUERIES.sumsOfOrg,
  project: QUERIES.sumsOfShards,
  shard: QUERIES.sumsOfShards,
};

/** Reads of one transaction, or plain ones. */
interface Reader {
  documents(keys: readonly DocumentKey[]): ReturnType<Firestore["getAll"]>;
  query(query: Query): Promise<QuerySnapshot>;
  sums(query: SumQuery): Promise<Readonly<Record<string, number | null>>>;
}
type SumQuery = AggregateQuery<Record<string, AggregateField<number | null>>>;

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

/**
 * A query may have 100 filters and sort orders, its filters counted once per value of "in"; these have four filters.
 * https://firebase.google.com/docs/firestore/query-data/queries#limits_on_or_queries
 */
const SHARDS_PER_SUM = 20;

/** Two queries per 20 shards or one owner; each counts as one read per 1 000 entries. */
async function sumsOf(
  db: Firestore,
  shards: number,
  reader: Reader,
  { lead, values, fromDay, beforeDay }: EntrySlice,
): Promise<EntrySums> {
  const leads =
    lead === "project"
      ? shardChunks(shards, SHARDS_PER_SUM).map((chunk) => [chunk])
      : [];
  if (lead === "shard") leads.push([values as readonly number[]]);
  const spec = SUMS[lead];
  const query = (owner: readonly unknown[], kind: "call" | "correction") =>
    buildQuery(db, spec, [...owner, kind, fromDay, beforeDay]).aggregate({
      count: AggregateField.count(),
      ...Object.fromEntries(SUMMED.map((name) => [name, AggregateField.sum(name)])),
    });
  const owners = leads.length > 0 ? leads : [values];
  const found = await Promise.all(
    owners.flatMap((owner) => [
      reader.sums(query(owner, "call")),
      reader.sums(query(owner, "correction")).then(({ count: _, ...sums }) => sums),
    ]),
  );
  const sum = (name: string) =>
    found.reduce((total, each) => assertSafeInteger(total + Number(each[name] ?? 0), name), 0);
  return {
    calls: sum("count"),
    costNanoUsd: sum("costNanoUsd"),
    inputCostNanoUsd: sum("inputCostNanoUsd"),
    inputTokens: sum("inputTokens"),
    totalTokens: sum("totalTokens"),
  };
}

async function* entryPages(
  db: Firestore,
  shards: number,
  reader: Reader,
  slice: EntrySlice,
): AsyncGenerator<readonly FoldedEntry[]> {
  const limit = ENTRIES_PER_PAGE;
  const edges = edgesOf(slice);
  let after: EntryPosition | undefined;
  do {
    const page = { edges, after, limit };
    const queries = queriesOf(db, shards, slice, page).map((each) => each.select(...FOLDED_FIELDS));
    const found = await Promise.all(queries.map((query) => reader.query(query)));
    const { items } = mergePages<FoldedEntry>(
      found.map(({ docs }) => docs),
      limit,
    );
    yield items;
    const last = items.at(-1);
    after = last && items.length === limit ? positionOf(last) : undefined;
  } while (after);
}

function queriesOf(
  db: Firestore,
  shards: number,
  { lead, values }: EntrySlice,
  page: { edges: EntryEdges; after: EntryPosition | undefined; limit: number },
): Query[] {
  if (lead === "shard") return shardQueries(db, [values as readonly number[]], page);
  const name = lead === "project" ? "everyone" : lead;
  return entryQueries(db, { lead: { name, values: values as string[] }, ...page }, shards);
}

function edgesOf({ fromDay, beforeDay, startedMs }: EntrySlice): EntryEdges {
  return startedMs
    ? {
        before: { day: fromDay, startedAtMs: startedMs[1] },
        from: { day: fromDay, startedAtMs: startedMs[0] },
      }
    : {
        before: { day: beforeDay, startedAtMs: undefined },
        from: { day: fromDay, startedAtMs: undefined },
      };
}

async function* pagesOf(reader: Reader, query: Query, pageSize: number) {
  let next = query.limit(pageSize);
  for (;;) {
    const { docs } = await reader.query(next);
    yield docs;
    const last = docs.at(-1);
    if (!last || docs.length < pageSize) return;
    next = query.startAfter(last).limit(pageSize);
  }
}

function readerIn(db: Firestore, transaction: Transaction): Reader {
  return {
    documents: (keys) =>
      withDeadline(transaction.getAll(...keys.map((key) => refOf(db, key))), READ_DEADLINE_MS),
    query: (query) => withDeadline(transaction.get(query), READ_DEADLINE_MS),
    sums: async (query) => (await withDeadline(transaction.get(query), READ_DEADLINE_MS)).data(),
  };
}

function plainReader(db: Firestore): Reader {
  return {
    documents: (keys) =>
      withDeadline(db.getAll(...keys.map((key) => refOf(db, key))), READ_DEADLINE_MS),
    query: (query) => withDeadline(query.get(), READ_DEADLINE_MS),
    sums: async (query) => (await withDeadline(query.get(), READ_DEADLINE_MS)).data(),
  };
}
