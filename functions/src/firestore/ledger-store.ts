import {
  FieldPath,
  type Firestore,
  type QueryDocumentSnapshot,
  Timestamp,
} from "@google-cloud/firestore";
import { positionOf } from "../analytics/edges.ts";
import type { EntryEdges, EntryLead, EntryPosition } from "../analytics/port.ts";
import { dayOf } from "../core/period.ts";
import type { Entry } from "../ledger/entry.ts";
import type { Hold } from "../ledger/hold.ts";
import type { Outbox } from "../ledger/outbox.ts";
import type { Fields } from "../ledger/plan.ts";
import {
  type Cursor,
  compareOldestFirst,
  type EntryOwner,
  type LedgerStore,
  type ModelPage,
  type ModelQuery,
  type Page,
  SUMMED_FIELDS,
  type SummedEntry,
  UNPRICED_FIELDS,
  type UnpricedEntry,
} from "../ledger/port.ts";
import { applyPlan } from "./commit.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, fromFirestore, refOf, snapshotOf, versionOf } from "./documents.ts";
import { entryQueries, mergePages, shardChunks } from "./entry-page.ts";
import { buildQuery, QUERIES, type QuerySpec } from "./queries.ts";

/** For scheduled work, where nobody waits for an answer. */
const PAGE_DEADLINE_MS = 20_000;
const ENTRIES_PER_PAGE = 500;

/**
 * @param shards DAY_SHARDS: entries carry 0 to shards - 1
 * @param commit how plans are applied; the SDK's batches unless a quicker client is given
 */
export function firestoreLedger(
  db: Firestore,
  shards: number,
  commit: LedgerStore["commit"] = (writes, deadlineMs) => applyPlan(db, writes, deadlineMs),
): LedgerStore {
  return {
    commit,

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

    entriesOfModels: (query) => modelPage(db, shards, query),

    unpricedEntries: (since) => unpricedPages(db, shards, since),

    entriesOf: (owner, fromDay, before) => entryPages(db, shards, owner, fromDay, before),
  };
}

async function* entryPages(
  db: Firestore,
  shards: number,
  owner: EntryOwner,
  fromDay: string | undefined,
  before: Date,
): AsyncGenerator<readonly SummedEntry[]> {
  const beforeMs = before.getTime();
  const lead: EntryLead = {
    name: owner.scope === "project" ? "everyone" : owner.scope,
    values: owner.ids,
  };
  const edges: EntryEdges = {
    before: { day: dayOf(beforeMs), startedAtMs: beforeMs },
    from: fromDay === undefined ? undefined : { day: fromDay, startedAtMs: undefined },
  };
  let after: EntryPosition | undefined;
  do {
    const limit = ENTRIES_PER_PAGE;
    const queries = entryQueries(db, { lead, edges, after, limit }, shards);
    const found = await withDeadline(
      Promise.all(queries.map((query) => query.select(...SUMMED_FIELDS).get())),
      PAGE_DEADLINE_MS,
    );
    const { items } = mergePages<SummedEntry>(
      found.map(({ docs }) => docs),
      limit,
    );
    yield items;
    const last = items.at(-1);
    after = last && items.length === limit ? positionOf(last) : undefined;
  } while (after);
}

/** One query for each name and list of shards; the first `limit` of what they find together. */
async function modelPage(db: Firestore, shards: number, query: ModelQuery): Promise<ModelPage> {
  const { models, from, to, limit, after } = query;
  const pages = models.flatMap((model) =>
    shardChunks(shards).map((chunk) => {
      const ordered = buildQuery(db, QUERIES.entriesOfModel, [chunk, model])
        .orderBy(FieldPath.documentId())
        .limit(limit)
        .endBefore(to);
      const begun = after
        ? ordered.startAfter(after.startedAt, after.entryId)
        : ordered.startAt(from);
      return withDeadline(begun.get(), PAGE_DEADLINE_MS);
    }),
  );
  const found = (await Promise.all(pages)).flatMap(({ docs }) => docs);
  const items = found.map((doc) => fieldsOf(doc) as unknown as Entry).sort(compareOldestFirst);
  const page = items.slice(0, limit);
  const last = page.at(-1);
  return {
    items: page,
    documentsRead: found.length,
    next: last && page.length === limit ? last : undefined,
  };
}

async function* unpricedPages(
  db: Firestore,
  shards: number,
  since: Date,
): AsyncGenerator<readonly UnpricedEntry[]> {
  for (const chunk of shardChunks(shards)) {
    const query = buildQuery(db, QUERIES.unpricedEntries, [chunk, since]).limit(ENTRIES_PER_PAGE);
    let next = query.select(...UNPRICED_FIELDS);
    for (;;) {
      const { docs } = await withDeadline(next.get(), PAGE_DEADLINE_MS);
      yield docs.map((doc) => fieldsOf(doc) as unknown as UnpricedEntry);
      const last = docs.at(-1);
      if (!last || docs.length < ENTRIES_PER_PAGE) break;
      next = query.select(...UNPRICED_FIELDS).startAfter(last);
    }
  }
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
