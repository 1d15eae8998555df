import { daysBetween } from "../core/period.ts";
import { OTHER_KEY } from "../ledger/caps.ts";
import { addTotals, NO_TOTALS, TOTAL_NAMES, type Totals } from "../ledger/totals.ts";
import type { Range } from "./range.ts";
import type { TotalsMap } from "./records.ts";

/** What was counted in a range: all of it, per day, and per group. */
export interface Tally {
  readonly totals: Totals;
  readonly byDay: TotalsMap;
  /** By name as people know it; empty without a grouping. */
  readonly groups: TotalsMap;
}

export interface Group {
  readonly key: string;
  readonly totals: Totals;
}

export interface DayTotals {
  readonly day: string;
  readonly totals: Totals;
}

/** Adds in place. @throws RangeError beyond 2^53 */
export function addTo(map: Map<string, Totals>, key: string, totals: Totals): void {
  const before = map.get(key);
  map.set(key, before ? addTotals(before, totals) : totals);
}

/** @throws RangeError beyond 2^53 */
export function sumOf(all: Iterable<Totals>): Totals {
  let sum = NO_TOTALS;
  for (const totals of all) sum = addTotals(sum, totals);
  return sum;
}

/**
 * By descending cost, then tokens; what is beyond `limit` is summed up as "~other". Where corrections have taken out all
 * that there was, there is no group any more.
 */
export function topGroups(groups: TotalsMap, limit: number): Group[] {
  const all = [...groups]
    .map(([key, totals]) => ({ key, totals }))
    .filter(({ totals }) => TOTAL_NAMES.some((name) => totals[name] !== 0));
  const named = all.filter(({ key }) => key !== OTHER_KEY).sort(byCost);
  const rest = [...named.slice(limit), ...all.filter(({ key }) => key === OTHER_KEY)];
  if (rest.length === 0) return named;
  return [...named.slice(0, limit), { key: OTHER_KEY, totals: sumOf(rest.map((g) => g.totals)) }];
}

/** Every day of the range; 0 for a day without usage. */
export function trendOf(byDay: TotalsMap, { fromMs, toMs }: Range): DayTotals[] {
  return daysBetween(fromMs, toMs).map((day) => ({ day, totals: byDay.get(day) ?? NO_TOTALS }));
}

function byCost(a: Group, b: Group): number {
  return (
    b.totals.costNanoUsd - a.totals.costNanoUsd ||
    b.totals.totalTokens - a.totals.totalTokens ||
    (a.key < b.key ? -1 : 1)
  );
}

export interface PriceSplit {
  readonly free: { readonly calls: number; readonly tokens: number };
  readonly paid: { readonly calls: number; readonly tokens: number; readonly costNanoUsd: number };
  /** Calls whose price nobody knows: neither free nor paid. */
  readonly unpriced: { readonly calls: number; readonly tokens: number };
}

/** Free, paid and unpriced calls add up to all: 10 calls, 3 of them free and 1 unpriced, are 6 paid ones. */
export function splitByPrice(totals: Totals): PriceSplit {
  const { calls, totalTokens, freeCalls, freeTokens, unpricedCalls, unpricedTokens } = totals;
  return {
    free: { calls: freeCalls, tokens: freeTokens },
    paid: {
      calls: calls - freeCalls - unpricedCalls,
      tokens: totalTokens - freeTokens - unpricedTokens,
      costNanoUsd: totals.costNanoUsd,
    },
    unpriced: { calls: unpricedCalls, tokens: unpricedTokens },
  };
}
