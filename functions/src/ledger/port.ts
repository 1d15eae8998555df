import type { BudgetScope } from "../budgets/budget.ts";
import type { Entry } from "./entry.ts";
import type { Hold } from "./hold.ts";
import type { Outbox } from "./outbox.ts";
import type { CommitOutcome, DocumentKey, Fields, Snapshot, Version, Write } from "./plan.ts";

/** What the ledger asks of a store. Every call ends within its deadline, one way or another. */
export interface LedgerStore {
  /** Applies a plan whole or not at all. */
  commit(writes: readonly Write[], deadlineMs: number): Promise<CommitOutcome>;
  /** Reads documents at one instant, in the order of the keys. @throws StoreTimeoutError, StoreError */
  read(docs: readonly DocumentKey[], deadlineMs: number): Promise<(Snapshot | undefined)[]>;
  /** Reads only the named top-level maps of documents. */
  readMaps(
    docs: readonly DocumentKey[],
    mapNames: readonly string[],
    deadlineMs: number,
  ): Promise<(Fields | undefined)[]>;
  /** Outbox documents made before `before`, oldest first, after `cursor`. */
  oldOutbox(before: Date, pageSize: number, cursor: Cursor | undefined): Promise<Page<Outbox>>;
  /** Holds that expired before `before`, oldest first, after `cursor`. */
  expiredHolds(before: Date, pageSize: number, cursor: Cursor | undefined): Promise<Page<Hold>>;
  /** Entries booked from a day on that began before an instant, newest first, whole pages in turn. */
  entriesOf(
    owner: EntryOwner,
    fromDay: string | undefined,
    before: Date,
  ): AsyncIterable<readonly SummedEntry[]>;
  /** Entries and corrections of models by the start of their calls, oldest first. */
  entriesOfModels(query: ModelQuery): Promise<ModelPage>;
  /** Entries without a price that were booked since an instant, and what reverses them; whole pages in turn. */
  unpricedEntries(since: Date): AsyncIterable<readonly UnpricedEntry[]>;
}

/** Whose entries: `[userId]`, `[userId, sessionId]`, `[apiKeyId]` ..., nothing for everybody's. */
export interface EntryOwner {
  readonly scope: BudgetScope;
  readonly ids: readonly string[];
}

/** What of an entry is needed to sum it. */
export const SUMMED_FIELDS = [
  "entryId",
  "userId",
  "sessionId",
  "day",
  "startedAt",
  "windows",
  "add",
] as const satisfies readonly (keyof Entry)[];
export type SummedEntry = Pick<Entry, (typeof SUMMED_FIELDS)[number]>;

/** Calls of models within a half-open range of starts. */
export interface ModelQuery {
  readonly models: readonly string[];
  readonly from: Date;
  readonly to: Date;
  readonly limit: number;
  readonly after: ModelCursor | undefined;
}

/** The last entry of a page. */
export interface ModelCursor {
  readonly startedAt: Date;
  readonly entryId: string;
}

/** By start, then by id as Firestore orders them. */
export function compareOldestFirst(a: ModelCursor, b: ModelCursor): number {
  const byStart = a.startedAt.getTime() - b.startedAt.getTime();
  return byStart || (a.entryId < b.entryId ? -1 : 1);
}

export interface ModelPage {
  readonly items: readonly Entry[];
  readonly documentsRead: number;
  readonly next: ModelCursor | undefined;
}

/** What of an entry without a price is told to people. */
export const UNPRICED_FIELDS = [
  "kind",
  "provider",
  "model",
  "startedAt",
  "unpricedAt",
  "add",
] as const satisfies readonly (keyof Entry)[];
export type UnpricedEntry = Pick<Entry, (typeof UNPRICED_FIELDS)[number]>;

/** Where a page ended: the ordering instant and the document's id. */
export interface Cursor {
  readonly at: Date;
  readonly id: string;
}

export interface Page<T> {
  readonly items: readonly { readonly id: string; readonly version: Version; readonly value: T }[];
  readonly next: Cursor | undefined;
}
