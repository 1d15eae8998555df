import type { TokenClass } from "../../functions/src/core/tokens.ts";

/** attoUSD per token, by class, for requests of at least so many input tokens. */
export interface ListedTier {
  readonly fromInputTokens: number;
  readonly rates: Readonly<Partial<Record<TokenClass, number>>>;
}

/** What a data set says that a model costs on a day, at standard rates. */
export interface ListedPrice {
  readonly provider: string;
  readonly name: string;
  /** Ascending; the first begins at 0. */
  readonly tiers: readonly ListedTier[];
}

/**
 * A data set's float of dollars per million tokens as whole attoUSD per token: 0.25 -> 250 000 000 000. Of its 17 digits
 * 14 are taken: 0.049999999999999996 is 0.05.
 */
export function attoOfUsdPerMillion(usdPerMillion: number): number {
  return Math.round(Number(usdPerMillion.toPrecision(14)) * 1e12);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tiers that each name all classes: what a higher one leaves out is as in the one below. */
export function filledTiers(
  byEdge: ReadonlyMap<number, Readonly<Partial<Record<TokenClass, number>>>>,
): ListedTier[] {
  let rates: Readonly<Partial<Record<TokenClass, number>>> = {};
  return [...byEdge]
    .sort(([one], [other]) => one - other)
    .map(([fromInputTokens, named]) => {
      rates = { ...rates, ...named };
      return { fromInputTokens, rates };
    });
}
