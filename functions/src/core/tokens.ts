import { addExact, assertCount } from "./money.ts";

/** The only names of token classes. They are disjoint: each token of a call lands in exactly one. */
export const INPUT_CLASSES = [
  "input",
  "cacheRead",
  "cacheWrite5m",
  "cacheWrite1h",
  "audioIn",
  "audioCacheRead",
] as const;
export const OUTPUT_CLASSES = ["output", "reasoning", "audioOut"] as const;
export const TOKEN_CLASSES = [...INPUT_CLASSES, ...OUTPUT_CLASSES] as const;

export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** Tokens per class; a class that is absent is 0. */
export type TokenClasses = Readonly<Partial<Record<TokenClass, number>>>;

/**
 * Why a count is not what the provider reported; `usage_unsplit`: it did not say which of its tokens are of a class
 * that costs otherwise; `usage_unclassed`: it counts what has no class here, such as images made, or searches that are
 * billed by the use.
 */
export type EstimateReason =
  | "usage_missing"
  | "usage_negative"
  | "usage_inconsistent"
  | "usage_malformed"
  | "usage_unsplit"
  | "usage_unclassed"
  | "model_unknown"
  | "model_differs"
  | "stream_ended_early"
  | "hold_expired";

/** Token counts of one call in disjoint classes. */
export interface Usage {
  readonly classes: TokenClasses;
  readonly status: "exact" | "estimated";
  readonly estimatedBecause?: EstimateReason;
}

export const NO_USAGE: Usage = { classes: {}, status: "exact" };

/** Sum of all input classes, cached and written ones included. */
export function inputTokens(classes: TokenClasses): number {
  return sumOf(classes, INPUT_CLASSES);
}

/** Sum of all output classes, reasoning included. */
export function outputTokens(classes: TokenClasses): number {
  return sumOf(classes, OUTPUT_CLASSES);
}

export function totalTokens(classes: TokenClasses): number {
  return addExact(inputTokens(classes), outputTokens(classes), "totalTokens");
}

/** Drops zeros, in the order of TOKEN_CLASSES; asserts that each count is an integer >= 0. */
export function compactClasses(classes: TokenClasses): TokenClasses {
  const kept = TOKEN_CLASSES.filter(
    (name) => assertCount(classes[name] ?? 0, `classes.${name}`) > 0,
  );
  return Object.fromEntries(kept.map((name) => [name, classes[name]]));
}

function sumOf(classes: TokenClasses, names: readonly TokenClass[]): number {
  const count = (name: TokenClass) => assertCount(classes[name] ?? 0, `classes.${name}`);
  return names.reduce((sum, name) => addExact(sum, count(name), "tokens"), 0);
}
