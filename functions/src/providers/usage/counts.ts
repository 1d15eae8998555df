import {
  compactClasses,
  type EstimateReason,
  inputTokens,
  outputTokens,
  type TokenClasses,
  type Usage,
} from "../../core/tokens.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";

/** The names of a wire type, with nothing believed yet of what stands under them. */
export type Unread<T> = { readonly [K in keyof T]?: unknown };

/** NaN where something else than a number stands. */
export function numberOf(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}

/** A count that may be left out, or null, when it is 0. */
export function countOf(value: unknown): number {
  return numberOf(value ?? 0);
}

export function firstObject(...values: readonly unknown[]): JsonObject {
  return values.find(isObject) ?? {};
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** With what may still be believed: nothing, where even that has no sum. Never throws. */
export function estimated(estimatedBecause: EstimateReason, classes: TokenClasses = {}): Usage {
  const kept = faultOf(withSum(classes)) ? {} : compactClasses(classes);
  return { classes: kept, status: "estimated", estimatedBecause };
}

/** An exact usage that something beside it contradicts: input and output are kept, their classes are not. */
export function contradicted({ classes }: Usage): Usage {
  return estimated("usage_inconsistent", {
    input: inputTokens(classes),
    output: outputTokens(classes),
  });
}

/** Why numbers of a wire cannot be counts, or undefined. */
export function faultOf(counts: readonly number[]): EstimateReason | undefined {
  if (!counts.every(Number.isSafeInteger)) return "usage_malformed";
  return counts.some((count) => count < 0) ? "usage_negative" : undefined;
}

/**
 * Classes that were reckoned from a provider's numbers, judged: exact when all of them can be counts and nothing
 * contradicts. Else the wholes are still what the provider counted, and are kept in their main classes, `estimated`.
 */
export function judged(
  wholes: TokenClasses,
  parts: readonly number[],
  classes: TokenClasses,
  contradicts = false,
): Usage {
  const fault = faultOf(withSum(wholes)) ?? faultOf(parts);
  if (fault) return estimated(fault, wholes);
  const isNegative = Object.values(classes).some((count) => count < 0);
  if (contradicts || isNegative) return estimated("usage_inconsistent", wholes);
  return { classes: compactClasses(classes), status: "exact" };
}

/** Counts that can be, one by one, may have no sum that can: 2^53 - 1 and 5. */
function withSum(classes: TokenClasses): readonly number[] {
  const counts = Object.values(classes);
  return [...counts, sumOf(counts)];
}
