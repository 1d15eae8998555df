import {
  compactClasses,
  type EstimateReason,
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

export function estimated(estimatedBecause: EstimateReason, classes: TokenClasses = {}): Usage {
  return { classes: compactClasses(classes), status: "estimated", estimatedBecause };
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
  const fault = faultOf(parts);
  if (fault) return estimated(fault, wholes);
  const isNegative = Object.values(classes).some((count) => count < 0);
  if (contradicts || isNegative) return estimated("usage_inconsistent", wholes);
  return { classes: compactClasses(classes), status: "exact" };
}
