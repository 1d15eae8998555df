import type { TokenClass } from "../core/tokens.ts";

/** attoUSD per token, by class (USD per million tokens x 10^12); a class that is absent cannot be billed. */
export type Rates = Readonly<Partial<Record<TokenClass, number>>>;

/** Rates for requests whose input tokens are at least `fromInputTokens`. */
export interface ContextTier {
  readonly fromInputTokens: number;
  readonly rates: Rates;
}

/** What a call of one model costs at one instant; resolved once per call, kept in its hold. */
export interface RateTable {
  /** Name in the price book, "openai/gpt-4o-mini". */
  readonly model: string;
  /** "openai:gpt-4o-mini:2024-07-18", the price that was valid at the call's start. */
  readonly priceVersion: string;
  readonly free: boolean;
  /** Ascending by `fromInputTokens`; the first begins at 0. */
  readonly tiers: readonly ContextTier[];
}

/**
 * What a provider charges otherwise than at its standard rates: OpenAI's, Google's and Amazon's tiers, Anthropic's
 * batches, fast mode and inference that stays in the US (`us`, alone or with one of the two).
 */
export const SERVICE_TIERS = [
  "flex",
  "priority",
  "batch",
  "fast",
  "ultrafast",
  "us",
  "us-batch",
  "us-fast",
] as const;

/** A tier of the list, "standard", or what a provider calls one that the book does not know. */
export type ServiceTier = (typeof SERVICE_TIERS)[number] | "standard" | (string & {});

export type PriceStatus = "priced" | "free" | "unpriced" | "provider";

/** A line of the bill: exact, not rounded. */
export interface BillLine {
  readonly class: TokenClass;
  readonly tokens: number;
  /** Decimal string. */
  readonly usdPerMillion: string;
  /** Decimal string, exact to 18 decimals. */
  readonly amountUsd: string;
}

/** usage x rates; `costNanoUsd` is rounded once, half-even, on the exact total. */
export interface Cost {
  readonly costNanoUsd: number;
  readonly inputCostNanoUsd: number;
  /** costNanoUsd - inputCostNanoUsd */
  readonly outputCostNanoUsd: number;
  readonly priceStatus: PriceStatus;
  readonly priceVersion: string | null;
  readonly lines: readonly BillLine[];
}
