import { assertSafeInteger } from "../core/money.ts";
import { readTotals, type Totals } from "../ledger/totals.ts";

/** Breakdowns that aggregates keep with whole totals. */
const MAP_NAMES = ["byModel", "byAgent", "byOperation", "byDepartment", "byOrg", "byDay"] as const;
export type MapName = (typeof MAP_NAMES)[number];
export type TotalsMap = ReadonlyMap<string, Totals>;

/** An aggregate as it was read; a map that it does not keep, or that was not asked for, is empty. */
export interface UsageRecord {
  readonly totals: Totals;
  readonly maps: Readonly<Record<MapName, TotalsMap>>;
}

/** One of `usage_monthly`. */
export interface MonthUsage extends UsageRecord {
  readonly userId: string;
  readonly month: string;
  readonly orgId: string | null;
  readonly department: string | null;
}

/** One shard of a day, of `usage_daily`. */
export interface DayUsage extends UsageRecord {
  readonly day: string;
}

/** One of `usage_sessions`. */
export interface SessionUsage extends UsageRecord {
  readonly userId: string;
  readonly sessionId: string;
  readonly firstAtMs: number;
  readonly lastAtMs: number;
}

type Stored = Readonly<Record<string, unknown>>;

export function readMonth(stored: Stored): MonthUsage {
  return {
    ...readRecord(stored),
    userId: text(stored, "userId"),
    month: text(stored, "month"),
    orgId: (stored.orgId ?? null) as string | null,
    department: (stored.department ?? null) as string | null,
  };
}

export function readDay(stored: Stored): DayUsage {
  return { ...readRecord(stored), day: text(stored, "day") };
}

export function readSession(stored: Stored): SessionUsage {
  return {
    ...readRecord(stored),
    userId: text(stored, "userId"),
    sessionId: text(stored, "sessionId"),
    firstAtMs: assertSafeInteger(Number(stored.firstAtMs), "firstAtMs"),
    lastAtMs: assertSafeInteger(Number(stored.lastAtMs), "lastAtMs"),
  };
}

/** @throws RangeError when a counter left 2^53: no report shows a rounded sum */
function readRecord(stored: Stored): UsageRecord {
  const maps = MAP_NAMES.map((name) => [name, readMap(stored[name])]);
  return { totals: readTotals(stored.totals), maps: Object.fromEntries(maps) };
}

function readMap(stored: unknown): TotalsMap {
  return new Map(Object.entries(stored ?? {}).map(([key, totals]) => [key, readTotals(totals)]));
}

function text(stored: Stored, name: string): string {
  const value = stored[name];
  if (typeof value !== "string") throw new TypeError(`${name} of an aggregate must be a string`);
  return value;
}
