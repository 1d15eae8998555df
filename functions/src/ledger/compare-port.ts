import type { BudgetScope } from "../budgets/budget.ts";
import type { Entry } from "./entry.ts";
import type { Hold } from "./hold.ts";
import type { Outbox } from "./outbox.ts";
import type { CommitOutcome, DocumentKey, Snapshot, Write } from "./plan.ts";
import type { Cursor } from "./port.ts";

/** The collections whose documents are compared with the ledger. */
export const COMPARED = [
  "usage_monthly",
  "usage_sessions",
  "usage_daily",
  "budget_windows",
] as const satisfies readonly DocumentKey["collection"][];
export type ComparedCollection = (typeof COMPARED)[number];

/** What comparing asks of a store. Every call ends within its deadline, one way or another. */
export interface CompareStore {
  /** Everything that `look` reads through its view is of one instant. */
  atOneInstant<T>(look: (view: LedgerView) => Promise<T>): Promise<T>;
  /** Ids of documents that moved since an instant, oldest move first, after `cursor`. */
  movedSince(
    collection: ComparedCollection,
    since: Date,
    limit: number,
    cursor: Cursor | undefined,
  ): Promise<readonly Cursor[]>;
  /** Entries as they are while they are read, not of one instant. */
  entries(slice: EntrySlice): AsyncIterable<readonly FoldedEntry[]>;
  /** Ids of the months of all users. */
  monthsOf(month: string): AsyncIterable<readonly string[]>;
  commit(writes: readonly Write[], deadlineMs: number): Promise<CommitOutcome>;
  loadState(): Promise<CompareState>;
  saveState(state: CompareState): Promise<void>;
}

/** The ledger at one instant. */
export interface LedgerView {
  read(docs: readonly DocumentKey[]): Promise<(Snapshot | undefined)[]>;
  /** What is in the ledger and not yet in the aggregates; whole pages in turn. */
  pending(): AsyncIterable<readonly Pick<Outbox, "targets">[]>;
  /** Open requests; whole pages in turn. */
  holds(): AsyncIterable<readonly Pick<Hold, "windows">[]>;
  /** Summed by the store; a sum beyond 2^53 throws. */
  sums(slice: EntrySlice): Promise<EntrySums>;
  entries(slice: EntrySlice): AsyncIterable<readonly FoldedEntry[]>;
  /** The number of the last repair of a document; 0: there was none. */
  lastRepair(aggregate: string): Promise<number>;
}

/** Entries that one aggregate can be about. */
export interface EntrySlice {
  /** Whose, by the beginning of an index. */
  readonly lead: BudgetScope | "shard";
  readonly values: readonly (string | number)[];
  /** Days that they are booked in, half-open. */
  readonly fromDay: string;
  readonly beforeDay: string;
  /** Starts within that one day, half-open. */
  readonly startedMs?: readonly [from: number, before: number];
}

/** What the store can sum up by itself. */
export interface EntrySums {
  readonly calls: number;
  readonly costNanoUsd: number;
  readonly inputCostNanoUsd: number;
  readonly inputTokens: number;
  readonly totalTokens: number;
}
export const SUM_NAMES = [
  "calls",
  "costNanoUsd",
  "inputCostNanoUsd",
  "inputTokens",
  "totalTokens",
] as const satisfies readonly (keyof EntrySums)[];

/** What of an entry is needed to say what it adds to aggregates. */
export const FOLDED_FIELDS = [
  "entryId",
  "kind",
  "userId",
  "orgId",
  "department",
  "sessionId",
  "agent",
  "phase",
  "operation",
  "model",
  "priceStatus",
  "overrunNanoUsd",
  "status",
  "latencyMs",
  "firstChunkMs",
  "startedAt",
  "day",
  "month",
  "shard",
  "windows",
  "add",
] as const satisfies readonly (keyof Entry)[];
export type FoldedEntry = Pick<Entry, (typeof FOLDED_FIELDS)[number]>;

/** What one run leaves to the next. */
export interface CompareState {
  /** Where the list of each collection is to go on. */
  readonly from: Readonly<Partial<Record<ComparedCollection, ListPosition>>>;
  /** Documents that could not be compared, or whose repair ended unclear. */
  readonly again: readonly DocumentKey[];
  /** Windows that differ from the sum of their scope and period for good reason, and by how much. */
  readonly gaps: readonly KnownGap[];
}

export interface ListPosition {
  readonly since: Date;
  readonly cursor: Cursor | null;
}

export interface KnownGap {
  readonly windowId: string;
  readonly amount: number;
}

export const NO_STATE: CompareState = { from: {}, again: [], gaps: [] };
