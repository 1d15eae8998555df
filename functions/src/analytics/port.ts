import type { Entry } from "../ledger/entry.ts";
import type { DayUsage, MapName, MonthUsage, SessionUsage } from "./records.ts";

/** What reports ask of a store; nothing here writes. Every call ends within its deadline. */
export interface AnalyticsStore {
  /** A user's months; those without usage are left out. */
  months(userId: string, months: readonly string[]): Promise<Found<MonthUsage>>;
  /** Every shard of every day from `fromDay` to before `toDay`, with the named maps only. */
  days(fromDay: string, toDay: string, maps: readonly MapName[]): Promise<Found<DayUsage>>;
  session(userId: string, sessionId: string): Promise<SessionUsage | undefined>;
  /** Users of a month who spent something, by descending cost, after `after`. */
  topMonths(
    month: string,
    limit: number,
    after: MonthPosition | undefined,
  ): Promise<Found<MonthUsage>>;
  /** What all users spent in a month; summed by the store. */
  monthCostNanoUsd(month: string): Promise<number>;
  /** Entries, newest first. */
  entries(query: EntryQuery): Promise<Found<Entry>>;
  /** The same, with only the fields that reports count by. */
  countedEntries(query: EntryQuery): Promise<Found<CountedEntry>>;
  /** Outbox documents that wait to be aggregated, at most `limit`. */
  pending(limit: number): Promise<PendingBatch[]>;
}

export interface Found<T> {
  readonly items: readonly T[];
  /** What the store bills for; missing documents count. */
  readonly documentsRead: number;
}

export interface MonthPosition {
  readonly costNanoUsd: number;
  readonly userId: string;
}

/** Who entries are asked for by: the beginning of an index. */
export const ENTRY_LEADS = {
  everyone: [],
  user: ["userId"],
  session: ["userId", "sessionId"],
  key: ["apiKeyId"],
  agent: ["agent"],
  department: ["department"],
  org: ["orgId"],
} as const;
export type LeadName = keyof typeof ENTRY_LEADS;

export interface EntryLead {
  readonly name: LeadName;
  /** In the order of ENTRY_LEADS; null finds entries that name none. */
  readonly values: readonly (string | null)[];
}

export interface EntryQuery {
  readonly lead: EntryLead;
  readonly edges: EntryEdges;
  /** Where the last page ended. */
  readonly after: EntryPosition | undefined;
  readonly limit: number;
}

/** Where an entry stands in the ledger: newest day first, in it the latest start, then the id. */
export interface EntryPosition {
  readonly day: string;
  readonly startedAtMs: number;
  readonly entryId: string;
}

/** A cut through the order of entries: at an instant of the day, or at the day's beginning. */
export interface EntryEdge {
  readonly day: string;
  readonly startedAtMs: number | undefined;
}

export interface EntryEdges {
  /** Entries before this edge. */
  readonly before: EntryEdge | undefined;
  /** Entries from this edge on. */
  readonly from: EntryEdge | undefined;
}

export const COUNTED_FIELDS = [
  "entryId",
  "userId",
  "apiKeyId",
  "orgId",
  "department",
  "sessionId",
  "agent",
  "phase",
  "operation",
  "model",
  "priceStatus",
  "status",
  "startedAt",
  "day",
  "add",
] as const satisfies readonly (keyof Entry)[];
export type CountedEntry = Pick<Entry, (typeof COUNTED_FIELDS)[number]>;

/** One outbox document. */
export interface PendingBatch {
  readonly entries: number;
  /** Path of an aggregate, "usage_monthly/alice_2026-11" -> calls that wait for it. */
  readonly calls: ReadonlyMap<string, number>;
}
