import {
  type EstimateReason,
  TOKEN_CLASSES,
  type TokenClasses,
  type Usage,
} from "../core/tokens.ts";

/**
 * Tokens of one call: ten times the longest context of any model. Within it no cost, and no sum of a batch, comes
 * near 2^53.
 */
export const MAX_BELIEVABLE_TOKENS = 100_000_000;

const UNREADABLE: Usage = {
  classes: {},
  status: "estimated",
  estimatedBecause: "usage_malformed",
};

/**
 * What a converter makes of a usage object. One that throws has met what nobody documents: that is no reason to lose
 * the call, whose entry keeps the object and is an estimate.
 */
export function readUsage(convert: (rawUsage: unknown) => Usage, rawUsage: unknown): Usage {
  try {
    return convert(rawUsage);
  } catch {
    return UNREADABLE;
  }
}

/** Whether a usage can be taken as it was reported. */
export function isBelievable({ status, classes }: Usage): boolean {
  return status === "exact" && believableTokens(classes) !== undefined;
}

/** The same for a call of ours: it was sent something, so it used something. */
export function isSure(usage: Usage): boolean {
  return usage.status === "exact" && hasBelievableTokens(usage.classes);
}

/**
 * The provider's count when it can be believed, else one's own: what was counted before the call, and what was
 * received.
 */
export function believedUsage(
  reported: Usage,
  counted: { readonly inputTokens: number; readonly outputTokens: number },
  becauseOf?: EstimateReason,
): Usage {
  if (isSure(reported) && becauseOf === undefined) return reported;
  const estimatedBecause = reported.estimatedBecause ?? becauseOf ?? "usage_inconsistent";
  if (hasBelievableTokens(reported.classes)) {
    return { ...reported, status: "estimated", estimatedBecause };
  }
  return {
    classes: { input: counted.inputTokens, output: counted.outputTokens },
    status: "estimated",
    estimatedBecause,
  };
}

function hasBelievableTokens(classes: TokenClasses): boolean {
  return (believableTokens(classes) ?? 0) > 0;
}

/**
 * The sum of all classes; undefined when one of them or the sum is no count that a call can have. Unlike `totalTokens`
 * it never throws, whatever a provider said: 2^53 - 1 input and 5 output have no sum, and are no usage.
 */
function believableTokens(classes: TokenClasses): number | undefined {
  const counts = TOKEN_CLASSES.map((name) => classes[name] ?? 0);
  const isCount = (count: number) =>
    Number.isSafeInteger(count) && count >= 0 && count <= MAX_BELIEVABLE_TOKENS;
  if (!counts.every(isCount)) return undefined;
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  return tokens <= MAX_BELIEVABLE_TOKENS ? tokens : undefined;
}
