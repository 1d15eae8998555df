import { invalidField } from "../core/errors.ts";
import type { Entry } from "../ledger/entry.ts";
import { entryCursor, entryPosition } from "./cursor.ts";
import { edgesOf, isInside, positionOf } from "./edges.ts";
import { type Filters, filtersGiven, leadOf, matcher } from "./filters.ts";
import type { AnalyticsStore, EntryEdges, EntryPosition, EntryQuery } from "./port.ts";
import { type PublicEntry, publicEntry } from "./public-entry.ts";
import type { ReportScope } from "./scope.ts";

/** Entries that one page looks at for those that match; then it ends early and says where to go on. */
const MAX_SCANNED = 2_000;
/** Entries read at once when not all of them may match. */
const SCAN_PAGE = 400;
const MAX_LIST_LIMIT = 200;

export interface EntryListQuery {
  readonly scope: ReportScope;
  readonly filters: Filters;
  /** Half-open; by the day that entries are booked in, and their start. */
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
  readonly limit: number;
  readonly cursor: string | undefined;
}

export interface EntryList {
  /** Newest first. */
  readonly items: readonly PublicEntry[];
  /** null after the last entry; a page may be short, or empty, and still have a next one. */
  readonly nextCursor: string | null;
  readonly documentsRead: number;
}

/**
 * Entries of a scope, newest first. One filter is the index's, the others are looked for page by page.
 * @throws TollgateError INVALID_FIELD for a limit or a cursor that no list has given
 */
export async function listEntries(
  store: AnalyticsStore,
  query: EntryListQuery,
): Promise<EntryList> {
  const { scope, filters, limit } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIST_LIMIT) {
    throw invalidField("limit", `must be an integer from 1 to ${MAX_LIST_LIMIT}`);
  }
  const edges = edgesOf({ fromMs: query.fromMs, toMs: query.toMs });
  const after = query.cursor === undefined ? undefined : startOf(query.cursor, edges);
  const lead = leadOf(scope, filters);
  const isByIndex = filtersGiven(filters).length <= lead.values.length - scopeValues(scope);
  return scan(store, { lead, edges, after, limit: isByIndex ? limit + 1 : SCAN_PAGE }, query);
}

async function scan(
  store: AnalyticsStore,
  first: EntryQuery,
  { filters, limit }: EntryListQuery,
): Promise<EntryList> {
  const matches = matcher(filters);
  const items: Entry[] = [];
  let documentsRead = 0;
  let after = first.after;
  for (let scanned = 0; scanned < MAX_SCANNED; ) {
    const page = await store.entries({ ...first, after });
    documentsRead += page.documentsRead;
    for (const [index, entry] of page.items.entries()) {
      scanned += 1;
      after = positionOf(entry);
      if (matches(entry)) items.push(entry);
      const isLast = index === page.items.length - 1;
      if (items.length === limit && !(isLast && page.items.length < first.limit)) {
        return pageOf(items, after, documentsRead);
      }
    }
    if (page.items.length < first.limit) return pageOf(items, undefined, documentsRead);
  }
  return pageOf(items, after, documentsRead);
}

function pageOf(
  items: readonly Entry[],
  next: EntryPosition | undefined,
  documentsRead: number,
): EntryList {
  return {
    items: items.map(publicEntry),
    nextCursor: next ? entryCursor(next) : null,
    documentsRead,
  };
}

function startOf(cursor: string, edges: EntryEdges): EntryPosition {
  const position = entryPosition(cursor);
  if (isInside(position, edges)) return position;
  throw invalidField("cursor", "lies outside of from and to");
}

function scopeValues(scope: ReportScope): number {
  return scope.kind === "user" ? 1 : 0;
}
