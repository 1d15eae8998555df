import {
  FieldPath,
  type Firestore,
  type Query,
  type QueryDocumentSnapshot,
} from "@google-cloud/firestore";
import { compareNewestFirst, positionOf } from "../analytics/edges.ts";
import type {
  CountedEntry,
  EntryEdge,
  EntryPosition,
  EntryQuery,
  Found,
  LeadName,
} from "../analytics/port.ts";
import { fieldsOf } from "./documents.ts";
import { buildQuery, QUERIES, type QuerySpec } from "./queries.ts";

/** https://firebase.google.com/docs/firestore/query-data/queries#limits_on_or_queries */
const MAX_IN_VALUES = 30;

const SPECS: Readonly<Record<Exclude<LeadName, "everyone">, QuerySpec>> = {
  user: QUERIES.entriesOfUser,
  session: QUERIES.entriesOfSession,
  key: QUERIES.entriesOfKey,
  agent: QUERIES.entriesOfAgent,
  department: QUERIES.entriesOfDepartment,
  org: QUERIES.entriesOfOrg,
};

/** Queries that together find a page of entries, newest first; everybody's are asked for by shard. */
export function entryQueries(db: Firestore, query: EntryQuery, shards: number): Query[] {
  const { name, values } = query.lead;
  if (name === "everyone") return shardQueries(db, shardChunks(shards), query);
  return [cut(buildQuery(db, SPECS[name], values), query)];
}

/** The same for the entries of some shards, a query for each list of them. */
export function shardQueries(
  db: Firestore,
  chunks: readonly (readonly number[])[],
  page: Omit<EntryQuery, "lead">,
): Query[] {
  return chunks.map((chunk) => cut(buildQuery(db, QUERIES.entriesOfShards, [chunk]), page));
}

/** The first `limit` of what several queries found, each of them newest first. */
export function mergePages<T extends Pick<CountedEntry, "day" | "startedAt" | "entryId">>(
  pages: readonly (readonly QueryDocumentSnapshot[])[],
  limit: number,
): Found<T> {
  const found = pages.flat().map((doc) => fieldsOf(doc) as unknown as T);
  const sorted =
    pages.length === 1
      ? found
      : found.sort((a, b) => compareNewestFirst(positionOf(a), positionOf(b)));
  return { items: sorted.slice(0, limit), documentsRead: found.length };
}

/** Ranges are cuts through the order, so that the index holds just what is read. */
function cut(
  lead: Query,
  { after, edges: { before, from }, limit }: Omit<EntryQuery, "lead">,
): Query {
  const ordered = lead.orderBy(FieldPath.documentId(), "desc");
  const begun = after
    ? ordered.startAfter(...valuesOfPosition(after))
    : before
      ? ordered.startAfter(...valuesOfEdge(before))
      : ordered;
  return (from ? begun.endAt(...valuesOfEdge(from)) : begun).limit(limit);
}

function valuesOfEdge({ day, startedAtMs }: EntryEdge): (string | Date)[] {
  return startedAtMs === undefined ? [day] : [day, new Date(startedAtMs)];
}

function valuesOfPosition({ day, startedAtMs, entryId }: EntryPosition): (string | Date)[] {
  return [day, new Date(startedAtMs), entryId];
}

/** Shards in lists that one query takes each. */
export function shardChunks(shards: number, most = MAX_IN_VALUES): number[][] {
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const chunks = Math.ceil(shards / most);
  return Array.from({ length: chunks }, (_, n) => all.slice(n * most, (n + 1) * most));
}
