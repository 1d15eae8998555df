import { assertSafeInteger } from "../core/money.ts";
import { TOKEN_CLASSES, type TokenClasses } from "../core/tokens.ts";
import type { Counters } from "./plan.ts";

/** Counters of an aggregate, all integers; the same names at every level. */
export const TOTAL_NAMES = [
  "requests",
  "calls",
  "errors",
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "costNanoUsd",
  "inputCostNanoUsd",
  "outputCostNanoUsd",
  "freeCalls",
  "freeTokens",
  "estimatedCalls",
  "unpricedCalls",
  "unpricedTokens",
  "latencyMsSum",
] as const;
/** What thin maps keep. */
export const THIN_NAMES = ["calls", "errors", "totalTokens", "costNanoUsd"] as const;

export type Totals = Readonly<Record<(typeof TOTAL_NAMES)[number], number>> & {
  readonly classes: TokenClasses;
};
export type ThinTotals = Readonly<Record<(typeof THIN_NAMES)[number], number>>;

export const NO_TOTALS: Totals = {
  ...(Object.fromEntries(TOTAL_NAMES.map((name) => [name, 0])) as Record<
    (typeof TOTAL_NAMES)[number],
    number
  >),
  classes: {},
};

/** Reads totals from a stored map; what is absent is 0. @throws RangeError when a counter left 2^53 */
export function readTotals(stored: unknown): Totals {
  const map = (stored ?? {}) as Record<string, unknown>;
  const classes = (map.classes ?? {}) as Record<string, unknown>;
  return {
    ...(Object.fromEntries(TOTAL_NAMES.map((name) => [name, readCount(map[name], name)])) as Record<
      (typeof TOTAL_NAMES)[number],
      number
    >),
    classes: Object.fromEntries(
      TOKEN_CLASSES.filter((name) => classes[name]).map((name) => [
        name,
        readCount(classes[name], name),
      ]),
    ),
  };
}

/** Exact sum. @throws RangeError beyond 2^53 */
export function addTotals(a: Totals, b: Totals): Totals {
  const add = (x: number, y: number, name: string) => assertSafeInteger(x + y, name);
  return {
    ...(Object.fromEntries(
      TOTAL_NAMES.map((name) => [name, add(a[name], b[name], name)]),
    ) as Record<(typeof TOTAL_NAMES)[number], number>),
    classes: Object.fromEntries(
      TOKEN_CLASSES.filter(
        (name) => (a.classes[name] ?? 0) !== 0 || (b.classes[name] ?? 0) !== 0,
      ).map((name) => [name, add(a.classes[name] ?? 0, b.classes[name] ?? 0, name)]),
    ),
  };
}

export function thin(totals: Totals): ThinTotals {
  return {
    calls: totals.calls,
    errors: totals.errors,
    totalTokens: totals.totalTokens,
    costNanoUsd: totals.costNanoUsd,
  };
}

/** Totals as a tree of increments. */
export function totalsCounters(totals: Totals): Counters {
  return { ...totals, classes: totals.classes as Counters };
}

function readCount(value: unknown, name: string): number {
  return assertSafeInteger(Number(value ?? 0), name);
}
