import type { Entry } from "../../ledger/entry.ts";
import { TOTAL_NAMES, type Totals } from "../../ledger/totals.ts";

type Count = Record<string, number>;

/** Sums the fields of entries themselves: it shares no line with the reports that it judges, and ignores `add`. */
export function expectedTotals(entries: readonly Entry[]): Totals {
  const sum: Count = Object.fromEntries(TOTAL_NAMES.map((name) => [name, 0]));
  const classes: Count = {};
  for (const entry of entries) {
    const isFree = entry.priceStatus === "free";
    const isUnpriced = entry.priceStatus === "unpriced";
    bump(sum, "requests", entry.attempt === 1 ? 1 : 0);
    bump(sum, "calls", 1);
    bump(sum, "errors", entry.status === "error" ? 1 : 0);
    for (const name of ["inputTokens", "outputTokens", "totalTokens"] as const) {
      bump(sum, name, entry[name]);
    }
    for (const name of ["costNanoUsd", "inputCostNanoUsd", "outputCostNanoUsd"] as const) {
      bump(sum, name, entry[name]);
    }
    bump(sum, "freeCalls", isFree ? 1 : 0);
    bump(sum, "freeTokens", isFree ? entry.totalTokens : 0);
    bump(sum, "estimatedCalls", entry.usageStatus === "estimated" ? 1 : 0);
    bump(sum, "unpricedCalls", isUnpriced ? 1 : 0);
    bump(sum, "unpricedTokens", isUnpriced ? entry.totalTokens : 0);
    bump(sum, "latencyMsSum", entry.latencyMs);
    for (const [name, tokens] of Object.entries(entry.classes)) bump(classes, name, tokens);
  }
  return { ...sum, classes } as unknown as Totals;
}

/** Sums per key, as a plain object. */
export function expectedBy(
  entries: readonly Entry[],
  keyOf: (entry: Entry) => string,
): Record<string, Totals> {
  const keys = [...new Set(entries.map(keyOf))];
  return Object.fromEntries(
    keys.map((key) => [key, expectedTotals(entries.filter((entry) => keyOf(entry) === key))]),
  );
}

function bump(count: Count, name: string, by: number): void {
  count[name] = (count[name] ?? 0) + by;
}
