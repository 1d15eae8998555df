import { TollgateError } from "../core/errors.ts";
import { divideHalfEven } from "../core/money.ts";
import { sessionDocId } from "../ledger/contributions.ts";
import type { Totals } from "../ledger/totals.ts";
import { MAX_PENDING_BATCHES, pendingEntries, type ReportFacts } from "./facts.ts";
import { nameOfKey } from "./names.ts";
import type { AnalyticsStore } from "./port.ts";
import type { TotalsMap } from "./records.ts";
import { topGroups } from "./tally.ts";

/** A session's whole life, whatever the range of the page that shows it. */
export interface SessionReport extends ReportFacts {
  readonly userId: string;
  readonly sessionId: string;
  readonly totals: Totals;
  /** By descending cost. */
  readonly byModel: Readonly<Record<string, Totals>>;
  readonly byAgent: Readonly<Record<string, Totals>>;
  /** ISO instants at which its first and its last call began. */
  readonly firstAt: string;
  readonly lastAt: string;
  readonly durationMs: number;
  /** Rounded half-even; null when no call was made. */
  readonly costPerCallNanoUsd: number | null;
}

/** @throws TollgateError NOT_FOUND when nothing of that session has been aggregated */
export async function getSessionUsage(
  store: AnalyticsStore,
  { userId, sessionId }: { userId: string; sessionId: string },
  nowMs: number,
): Promise<SessionReport> {
  const waiting = await store.pending(MAX_PENDING_BATCHES);
  const session = await store.session(userId, sessionId);
  if (!session)
    throw new TollgateError("NOT_FOUND", `there is no session ${sessionId}`, { sessionId });
  const { totals, maps, firstAtMs, lastAtMs } = session;
  return {
    userId,
    sessionId,
    totals,
    byModel: recordOf(maps.byModel),
    byAgent: recordOf(named(maps.byAgent)),
    firstAt: new Date(firstAtMs).toISOString(),
    lastAt: new Date(lastAtMs).toISOString(),
    durationMs: lastAtMs - firstAtMs,
    costPerCallNanoUsd: costPerCall(totals),
    asOf: new Date(nowMs).toISOString(),
    pendingEntries: pendingEntries(waiting, [`usage_sessions/${sessionDocId(userId, sessionId)}`]),
    source: "aggregate",
    documentsRead: waiting.length + 1,
  };
}

/** 155 nanoUSD over 2 calls -> 78; 157 -> 78 (ties to even). */
function costPerCall({ costNanoUsd, calls }: Totals): number | null {
  return calls > 0 ? Number(divideHalfEven(BigInt(costNanoUsd), BigInt(calls))) : null;
}

function named(map: TotalsMap): TotalsMap {
  return new Map([...map].map(([key, totals]) => [nameOfKey(key), totals]));
}

function recordOf(map: TotalsMap): Record<string, Totals> {
  return Object.fromEntries(topGroups(map, map.size).map(({ key, totals }) => [key, totals]));
}
