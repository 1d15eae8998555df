import {
  AggregateField,
  type AggregateQuery,
  type Firestore,
  type Query,
  type QuerySnapshot,
  type Transaction,
} from "@google-cloud/firestore";
import { positionOf } from "../analytics/edges.ts";
import type { EntryEdges, EntryPosition } from "../analytics/port.ts";
import { assertSafeInteger } from "../core/money.ts";
import {
  type EntrySlice,
  type EntrySums,
  FOLDED_FIELDS,
  type FoldedEntry,
} from "../ledger/compare-port.ts";
import type { DocumentKey } from "../ledger/plan.ts";
import { withDeadline } from "./deadline.ts";
import { refOf } from "./documents.ts";
import { entryQueries, mergePages, shardChunks, shardQueries } from "./entry-page.ts";
import { buildQuery, QUERIES, type QuerySpec, SUMMED } from "./queries.ts";

/** For scheduled work, where nobody waits for an answer. */
export const READ_DEADLINE_MS = 20_000;
export const ENTRIES_PER_PAGE = 500;

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
export interface Reader {
  documents(keys: readonly DocumentKey[]): ReturnType<Firestore["getAll"]>;
  query(query: Query): Promise<QuerySnapshot>;
  sums(query: SumQuery): Promise<Readonly<Record<string, number | null>>>;
}
type SumQuery = AggregateQuery<Record<string, AggregateField<number | null>>>;

/**
 * A query may have 100 filters and sort orders, its filters counted once per value of "in"; these have four filters.
 * https://firebase.google.com/docs/firestore/query-data/queries#limits_on_or_queries
 */
const SHARDS_PER_SUM = 20;

/** Two queries per 20 shards or one owner; each counts as one read per 1 000 entries. */
export async function sumsOf(
  db: Firestore,
  shards: number,
  reader: Reader,
  slice: EntrySlice,
): Promise<EntrySums> {
  const { lead, fromDay, beforeDay } = slice;
  const query = (owner: readonly unknown[], kind: "call" | "correction") =>
    buildQuery(db, SUMS[lead], [...owner, kind, fromDay, beforeDay]).aggregate({
      count: AggregateField.count(),
      ...Object.fromEntries(SUMMED.map((name) => [name, AggregateField.sum(name)])),
    });
  const found = await Promise.all(
    ownersOf(slice, shards).flatMap((owner) => [
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

/** Shards are asked for in lists. */
function ownersOf({ lead, values }: EntrySlice, shards: number): (readonly unknown[])[] {
  if (lead === "shard") return [[values]];
  return lead === "project"
    ? shardChunks(shards, SHARDS_PER_SUM).map((chunk) => [chunk])
    : [values];
}

export async function* entryPages(
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

export async function* pagesOf(reader: Reader, query: Query, pageSize: number) {
  let next = query.limit(pageSize);
  for (;;) {
    const { docs } = await reader.query(next);
    yield docs;
    const last = docs.at(-1);
    if (!last || docs.length < pageSize) return;
    next = query.startAfter(last).limit(pageSize);
  }
}

export function readerIn(db: Firestore, transaction: Transaction): Reader {
  return {
    documents: (keys) =>
      withDeadline(transaction.getAll(...keys.map((key) => refOf(db, key))), READ_DEADLINE_MS),
    query: (query) => withDeadline(transaction.get(query), READ_DEADLINE_MS),
    sums: async (query) => (await withDeadline(transaction.get(query), READ_DEADLINE_MS)).data(),
  };
}

export function plainReader(db: Firestore): Reader {
  return {
    documents: (keys) =>
      withDeadline(db.getAll(...keys.map((key) => refOf(db, key))), READ_DEADLINE_MS),
    query: (query) => withDeadline(query.get(), READ_DEADLINE_MS),
    sums: async (query) => (await withDeadline(query.get(), READ_DEADLINE_MS)).data(),
  };
}
