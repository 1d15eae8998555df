import { type TokenClasses, totalTokens } from "../core/tokens.ts";
import type { Cost } from "../pricing/rates.ts";
import type { Provider } from "./port.ts";

/**
 * Where we have no price, the provider's own cost is the cost: `provider`, or `free` when that is 0. It says nothing
 * of input and output, so all of it stands as output.
 */
export function withProviderCost(
  own: Cost,
  classes: TokenClasses,
  providerCostNanoUsd: number | null,
): Cost {
  const isUnpriced = own.priceStatus === "unpriced" && totalTokens(classes) > 0;
  if (!isUnpriced || providerCostNanoUsd === null) return own;
  return {
    ...own,
    costNanoUsd: providerCostNanoUsd,
    outputCostNanoUsd: providerCostNanoUsd,
    priceStatus: providerCostNanoUsd === 0 ? "free" : "provider",
  };
}

/** null where the provider says nothing of it; one that cannot be read is no reason to lose the call. */
export function reportedCost(provider: Provider, rawUsage: unknown): number | null {
  try {
    return provider.reportedCost?.(rawUsage) ?? null;
  } catch {
    return null;
  }
}
