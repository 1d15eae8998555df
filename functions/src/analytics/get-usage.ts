import { dayOf, monthsBetween } from "../core/period.ts";
import { monthDocId } from "../ledger/contributions.ts";
import type { Totals } from "../ledger/totals.ts";
import { dayMapsFor, isForMonths, tallyDays, tallyMonths } from "./aggregates.ts";
import { type Before, beforeOf } from "./before.ts";
import { MAX_PENDING_BATCHES, pendingEntries, type ReportFacts } from "./facts.ts";
import { tallyLedger } from "./ledger-tally.ts";
import type { AnalyticsStore } from "./port.ts";
import type { Question } from "./question.ts";
import { type Comparison, comparisonOf, isoRange, reportRange } from "./range.ts";
import {
  type DayTotals,
  type Group,
  type PriceSplit,
  splitByPrice,
  type Tally,
  topGroups,
  trendOf,
} from "./tally.ts";

/** Groups in one report; what is beyond is summed up as "~other". */
const MAX_GROUPS = 500;

export interface UsageQuery extends Question {
  /** Adds what was used before (see `comparisonOf`). */
  readonly compare: "previous" | undefined;
}

export interface UsageReport extends ReportFacts, PriceSplit {
  /** ISO instants, half-open, of what was counted. */
  readonly from: string;
  readonly to: string;
  readonly totals: Totals;
  /** By descending cost, days in their order; empty without `groupBy`. */
  readonly groups: readonly Group[];
  /** Every day that the range touches, UTC. */
  readonly trend: readonly DayTotals[];
  /** Only with `compare`, and only when there is a complete day to compare. */
  readonly before?: Before;
}

interface Counted extends Pick<ReportFacts, "source" | "documentsRead"> {
  readonly tally: Tally;
}

/**
 * Usage in a range, from aggregates wherever they answer exactly, else from the ledger's entries: never an
 * unfiltered figure in a filtered report.
 * @throws TollgateError INVALID_FIELD when the answer would take too many days or entries
 */
export async function getUsage(
  store: AnalyticsStore,
  query: UsageQuery,
  nowMs: number,
): Promise<UsageReport> {
  const range = reportRange(query.range, nowMs);
  const question = { ...query, range };
  // Read first: what it no longer holds is in the aggregates that are read after it.
  const waiting = await store.pending(MAX_PENDING_BATCHES);
  const counted = await count(store, question);
  const comparison = query.compare && comparisonOf(range, nowMs);
  const previous = comparison && (await count(store, previousOf(question, comparison)));
  const all = previous ? [counted, previous] : [counted];
  const source = all.some((part) => part.source === "ledger") ? "ledger" : "aggregate";
  const { tally } = counted;
  const trend = trendOf(tally.byDay, range);
  return {
    ...isoRange(range),
    totals: tally.totals,
    ...splitByPrice(tally.totals),
    groups: query.groupBy === "day" ? trend.map(dayGroup) : topGroups(tally.groups, MAX_GROUPS),
    trend,
    ...(comparison && previous
      ? { before: beforeOf(comparison, previous.tally.byDay, tally.byDay) }
      : {}),
    asOf: new Date(nowMs).toISOString(),
    pendingEntries: source === "ledger" ? 0 : pendingEntries(waiting, aggregatesOf(question)),
    source,
    documentsRead: all.reduce((sum, part) => sum + part.documentsRead, waiting.length),
  };
}

async function count(store: AnalyticsStore, question: Question): Promise<Counted> {
  const { tally, documentsRead } = await countAggregates(store, question);
  if (tally) return { tally, documentsRead, source: "aggregate" };
  const counted = await tallyLedger(store, question);
  return {
    tally: counted.tally,
    documentsRead: documentsRead + counted.documentsRead,
    source: "ledger",
  };
}

async function countAggregates(
  store: AnalyticsStore,
  question: Question,
): Promise<{ tally: Tally | undefined; documentsRead: number }> {
  const { scope, range } = question;
  if (scope.kind === "user" && isForMonths(question)) {
    const found = await store.months(scope.userId, monthsBetween(range.fromMs, range.toMs));
    return { tally: tallyMonths(found.items, question), documentsRead: found.documentsRead };
  }
  const maps = dayMapsFor(question);
  if (!maps) return { tally: undefined, documentsRead: 0 };
  const found = await store.days(dayOf(range.fromMs), dayOf(range.toMs), maps);
  return { tally: tallyDays(found.items, question), documentsRead: found.documentsRead };
}

function previousOf(question: Question, { previous }: Comparison): Question {
  return { ...question, range: previous, groupBy: undefined };
}

function dayGroup({ day, totals }: DayTotals): Group {
  return { key: day, totals };
}

/** Whose pending entries a user's report lacks; everybody's lacks all of them. */
function aggregatesOf({ scope, range }: Question): string[] | undefined {
  if (scope.kind === "everyone") return undefined;
  return monthsBetween(range.fromMs, range.toMs).map(
    (month) => `usage_monthly/${monthDocId(scope.userId, month)}`,
  );
}
