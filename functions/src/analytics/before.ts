import type { Totals } from "../ledger/totals.ts";
import { type Comparison, isoRange, type Range } from "./range.ts";
import type { TotalsMap } from "./records.ts";
import { sumOf, trendOf } from "./tally.ts";

export interface RangeTotals {
  /** ISO instants, half-open. */
  readonly from: string;
  readonly to: string;
  readonly totals: Totals;
}

/** What was used before, and what of the report it is to be compared with: its complete days. */
export interface Before extends RangeTotals {
  readonly against: RangeTotals;
}

export function beforeOf(comparison: Comparison, before: TotalsMap, now: TotalsMap): Before {
  const { current, previous } = comparison;
  return { ...totalsIn(previous, before), against: totalsIn(current, now) };
}

function totalsIn(range: Range, byDay: TotalsMap): RangeTotals {
  return { ...isoRange(range), totals: sumOf(trendOf(byDay, range).map(({ totals }) => totals)) };
}
