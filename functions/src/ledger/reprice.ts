import { hashId } from "../core/ids.ts";
import type { TokenClasses } from "../core/tokens.ts";
import { boundCost } from "../pricing/bound-cost.ts";
import { rateUsage } from "../pricing/rate-usage.ts";
import type { Cost, RateTable } from "../pricing/rates.ts";
import { reachedBy } from "./corrections.ts";
import type { Entry, EntryDraft, ModelNames } from "./entry.ts";
import { type Counters, withoutZeros } from "./plan.ts";

/** What a call's model is called, and what it costs, by the prices of today for the instant of its start. */
export interface NewPrice {
  readonly names: ModelNames;
  readonly rates: RateTable;
}

/**
 * What an entry would be, had this price been known when its call began: the same tokens, as certain or as estimated,
 * in the cost and the counters of the price.
 * @returns undefined when the price does not cover its tokens
 */
export function repriced(
  entry: Entry,
  chain: readonly Entry[],
  { names, rates }: NewPrice,
): EntryDraft | undefined {
  const reached = reachedBy(entry, chain);
  const { shard: _, ...latest } = chain.at(-1) ?? entry;
  const cost = costAt(rates, reached, latest.status === "expired");
  if (cost.priceStatus === "unpriced") return undefined;
  const { costNanoUsd, inputCostNanoUsd, outputCostNanoUsd } = cost;
  const isFree = cost.priceStatus === "free";
  return {
    ...latest,
    ...names,
    priceVersion: cost.priceVersion,
    priceStatus: cost.priceStatus,
    nonce: hashId("reprice", entry.entryId, chain.length, cost.priceVersion ?? ""),
    add: withoutZeros({
      ...reached,
      costNanoUsd,
      inputCostNanoUsd,
      outputCostNanoUsd,
      freeCalls: isFree ? countIn(reached, "calls") : 0,
      freeTokens: isFree ? countIn(reached, "totalTokens") : 0,
      unpricedCalls: 0,
      unpricedTokens: 0,
    }),
  };
}

/** A call of which nothing more is known than that it began costs what it can cost at most, as care has it. */
function costAt(rates: RateTable, reached: Counters, isBound: boolean): Cost {
  const classes = (reached.classes ?? {}) as TokenClasses;
  const cost = rateUsage(rates, classes);
  if (!isBound || cost.priceStatus === "unpriced") return cost;
  const { nanoUsd } = boundCost(rates, {
    inputTokens: countIn(reached, "inputTokens"),
    outputTokens: countIn(reached, "outputTokens"),
  });
  return { ...cost, costNanoUsd: nanoUsd, outputCostNanoUsd: nanoUsd - cost.inputCostNanoUsd };
}

export function countIn(add: Counters, name: string): number {
  return (add[name] as number | undefined) ?? 0;
}
