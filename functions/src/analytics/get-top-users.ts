import { divideHalfEven } from "../core/money.ts";
import type { Totals } from "../ledger/totals.ts";
import { monthCursor, monthPosition } from "./cursor.ts";
import { MAX_PENDING_BATCHES, pendingEntries, type ReportFacts } from "./facts.ts";
import type { AnalyticsStore } from "./port.ts";
import type { MonthUsage } from "./records.ts";

export interface TopUser {
  readonly userId: string;
  /** null here: names are the sign-in service's, and its door fills them in. */
  readonly displayName: string | null;
  readonly orgId: string | null;
  readonly department: string | null;
  readonly totals: Totals;
  /** Of what all users spent in the month, rounded half-even; null when that is nothing. */
  readonly sharePerMille: number | null;
}

export interface TopUsersReport extends ReportFacts {
  /** "2026-11", UTC. */
  readonly month: string;
  /** Of all users. */
  readonly costNanoUsd: number;
  /** By descending cost; who spent nothing is not among them. */
  readonly items: readonly TopUser[];
  readonly nextCursor: string | null;
}

export interface TopUsersQuery {
  readonly month: string;
  readonly limit: number;
  readonly cursor: string | undefined;
}

/** Reads one month document per user shown and one more, however many users there are. */
export async function getTopUsers(
  store: AnalyticsStore,
  { month, limit, cursor }: TopUsersQuery,
  nowMs: number,
): Promise<TopUsersReport> {
  const after = cursor === undefined ? undefined : monthPosition(cursor);
  const waiting = await store.pending(MAX_PENDING_BATCHES);
  const [costNanoUsd, found] = await Promise.all([
    store.monthCostNanoUsd(month),
    store.topMonths(month, limit + 1, after),
  ]);
  const shown = found.items.slice(0, limit);
  const last = found.items.length > limit ? shown.at(-1) : undefined;
  return {
    month,
    costNanoUsd,
    items: shown.map((usage) => topUser(usage, costNanoUsd)),
    nextCursor: last
      ? monthCursor({ costNanoUsd: last.totals.costNanoUsd, userId: last.userId })
      : null,
    asOf: new Date(nowMs).toISOString(),
    pendingEntries: pendingEntries(waiting),
    source: "aggregate",
    documentsRead: found.documentsRead + waiting.length,
  };
}

function topUser({ userId, orgId, department, totals }: MonthUsage, ofNanoUsd: number): TopUser {
  return {
    userId,
    displayName: null,
    orgId,
    department,
    totals,
    sharePerMille: perMille(totals.costNanoUsd, ofNanoUsd),
  };
}

/** 1 of 3 -> 333. */
function perMille(part: number, whole: number): number | null {
  return whole > 0 ? Number(divideHalfEven(BigInt(part) * 1_000n, BigInt(whole))) : null;
}
