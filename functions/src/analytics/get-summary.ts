import { type Forecast, forecastMonth, PACE_DAYS } from "../budgets/forecast.ts";
import { DAY_MS, dayOf, daysBetween, monthEndMs, monthOf, monthStartMs } from "../core/period.ts";
import { monthDocId } from "../ledger/contributions.ts";
import { NO_TOTALS, type Totals } from "../ledger/totals.ts";
import { type Before, beforeOf } from "./before.ts";
import { MAX_PENDING_BATCHES, pendingEntries, type ReportFacts } from "./facts.ts";
import { nameOfKey } from "./names.ts";
import type { AnalyticsStore } from "./port.ts";
import { comparisonOf, dayStartMs, isoRange } from "./range.ts";
import type { TotalsMap, UsageRecord } from "./records.ts";
import type { ReportScope } from "./scope.ts";
import { addTo, type Group, type PriceSplit, splitByPrice, sumOf, topGroups } from "./tally.ts";

/** Names shown of a breakdown; the rest is "~other". */
const TOP = 5;

/** The month to date. */
export interface SummaryReport extends ReportFacts, PriceSplit {
  /** "2026-11", UTC. */
  readonly month: string;
  /** ISO instants: the month's first, and the end of today. */
  readonly from: string;
  readonly to: string;
  readonly totals: Totals;
  /** Calls whose tokens no provider reported. */
  readonly estimated: { readonly calls: number };
  /** The same number of complete days of the month before; null on the first of a month. */
  readonly before: Before | null;
  /** null before there are 3 complete days. */
  readonly forecast: Forecast | null;
  /** So far. */
  readonly today: Totals;
  /** By descending cost, at most 5 and "~other". */
  readonly topModels: readonly Group[];
  readonly topAgents: readonly Group[];
}

/** What a summary is made of: this month and the one before. */
interface TwoMonths {
  readonly byDay: TotalsMap;
  readonly byModel: TotalsMap;
  readonly byAgent: TotalsMap;
  readonly documentsRead: number;
}

export async function getSummary(
  store: AnalyticsStore,
  scope: ReportScope,
  nowMs: number,
): Promise<SummaryReport> {
  const month = monthOf(nowMs);
  const range = { fromMs: monthStartMs(month), toMs: dayStartMs(nowMs) + DAY_MS };
  // Read first: what it no longer holds is in the aggregates that are read after it.
  const waiting = await store.pending(MAX_PENDING_BATCHES);
  const { byDay, byModel, byAgent, documentsRead } =
    scope.kind === "user"
      ? await monthsOfUser(store, scope.userId, month)
      : await monthsOfEveryone(store, month);
  const totals = sumOf(
    [...byDay].filter(([day]) => monthOf(Date.parse(day)) === month).map(second),
  );
  const comparison = comparisonOf(range, nowMs);
  return {
    month,
    ...isoRange(range),
    totals,
    ...splitByPrice(totals),
    estimated: { calls: totals.estimatedCalls },
    before: comparison ? beforeOf(comparison, byDay, byDay) : null,
    forecast: forecastMonth(totals.costNanoUsd, completeDays(byDay, nowMs), nowMs),
    today: byDay.get(dayOf(nowMs)) ?? NO_TOTALS,
    topModels: topGroups(byModel, TOP),
    topAgents: topGroups(byAgent, TOP),
    asOf: new Date(nowMs).toISOString(),
    pendingEntries: pendingEntries(waiting, aggregateOf(scope, month)),
    source: "aggregate",
    documentsRead: documentsRead + waiting.length,
  };
}

async function monthsOfUser(
  store: AnalyticsStore,
  userId: string,
  month: string,
): Promise<TwoMonths> {
  const { items, documentsRead } = await store.months(userId, [monthBefore(month), month]);
  const present = items.filter((item) => item.month === month);
  const byDay = new Map(items.flatMap(({ maps }) => [...maps.byDay]));
  return { byDay, ...breakdowns(present), documentsRead };
}

async function monthsOfEveryone(store: AnalyticsStore, month: string): Promise<TwoMonths> {
  const firstDay = `${month}-01`;
  const [last, present] = await Promise.all([
    store.days(`${monthBefore(month)}-01`, firstDay, []),
    store.days(firstDay, dayOf(monthEndMs(month)), ["byModel", "byAgent"]),
  ]);
  const byDay = new Map<string, Totals>();
  for (const { day, totals } of [...last.items, ...present.items]) addTo(byDay, day, totals);
  const documentsRead = last.documentsRead + present.documentsRead;
  return { byDay, ...breakdowns(present.items), documentsRead };
}

function breakdowns(records: readonly UsageRecord[]): Pick<TwoMonths, "byModel" | "byAgent"> {
  const byModel = new Map<string, Totals>();
  const byAgent = new Map<string, Totals>();
  for (const { maps } of records) {
    for (const [key, totals] of maps.byModel) addTo(byModel, key, totals);
    for (const [key, totals] of maps.byAgent) addTo(byAgent, nameOfKey(key), totals);
  }
  return { byModel, byAgent };
}

/** Cost of the last complete days, oldest first, none before usage began. */
function completeDays(byDay: TotalsMap, nowMs: number): number[] {
  const todayMs = dayStartMs(nowMs);
  const began = [...byDay.keys()].sort()[0] ?? dayOf(nowMs);
  return daysBetween(todayMs - PACE_DAYS * DAY_MS, todayMs)
    .filter((day) => day >= began)
    .map((day) => byDay.get(day)?.costNanoUsd ?? 0);
}

function aggregateOf(scope: ReportScope, month: string): string[] | undefined {
  return scope.kind === "user" ? [`usage_monthly/${monthDocId(scope.userId, month)}`] : undefined;
}

function monthBefore(month: string): string {
  return monthOf(monthStartMs(month) - 1);
}

function second([, totals]: readonly [string, Totals]): Totals {
  return totals;
}
