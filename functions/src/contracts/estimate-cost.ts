import { chatRequest } from "./chat.ts";
import type { BudgetState, PriceStatus } from "./results.ts";

/** The very request that `chat` takes; no model is called and nothing is written. */
export const estimateCostRequest = chatRequest;
export type { ChatRequest as EstimateCostRequest } from "./chat.ts";

export interface EstimateCostResponse {
  /** Upper bound; the sum of `parts`. */
  readonly inputTokens: number;
  readonly parts: {
    /** Messages of role system and developer. */
    readonly system: number;
    /** All messages but those and the last one of the user. */
    readonly context: number;
    /** The last message of the user, and what every request costs. */
    readonly input: number;
    /** Tool definitions and response format. */
    readonly tools: number;
  };
  /** The limit that would be sent, or that is reckoned with. */
  readonly maxOutputTokens: number;
  /** nanoUSD, at the dearest rates that these tokens can get; null for a model without a price. */
  readonly maxCostNanoUsd: number | null;
  /** The same as a decimal string. */
  readonly maxCostUsd: string | null;
  readonly priceStatus: PriceStatus;
  /** Whether `chat` would be admitted now. */
  readonly allowed: boolean;
  readonly budgets: readonly BudgetState[];
}
