import { ATTO_PER_NANO, assertCount, assertSafeInteger } from "../core/money.ts";
import { compactClasses, type TokenClass, type TokenClasses } from "../core/tokens.ts";
import type { Rates, RateTable } from "./rates.ts";

/** The most tokens that a call can use. */
export interface TokenBound {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface CostBound {
  readonly classes: TokenClasses;
  readonly nanoUsd: number;
}

/** What the tokens of a text request can turn out to be; audio is neither sent nor asked for. */
const TEXT_INPUT = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h"] as const;
const TEXT_OUTPUT = ["output", "reasoning"] as const;

/**
 * An upper bound of a text request's cost: every token at the dearest rate that it can get in any context tier that
 * the request can reach, rounded up.
 *
 * 1 000 input and 500 output tokens of gpt-5.6-sol at 4 (writing to the cache: 5) and 20 dollars per million:
 * 1 000 x 5 + 500 x 20 = 15 000 millionths of a dollar = 15 000 000 nanoUSD = $0.015, although most calls will cost $0.014.
 *
 * Without a price the bound is 0 nanoUSD: whether such a call may run is decided by `onUnknownPrice`.
 */
export function boundCost(rates: RateTable | undefined, bound: TokenBound): CostBound {
  const inputTokens = assertCount(bound.inputTokens, "inputTokens");
  const outputTokens = assertCount(bound.outputTokens, "outputTokens");
  let worstAtto = 0n;
  for (const tier of rates?.tiers ?? []) {
    if (tier.fromInputTokens > inputTokens) break;
    const atto = attoAtWorst(tier.rates, inputTokens, outputTokens);
    if (atto > worstAtto) worstAtto = atto;
  }
  return {
    classes: compactClasses({ input: inputTokens, output: outputTokens }),
    nanoUsd: assertSafeInteger(Number(ceilingNano(worstAtto)), "nanoUsd"),
  };
}

function attoAtWorst(rates: Rates, inputTokens: number, outputTokens: number): bigint {
  return (
    BigInt(inputTokens) * dearest(rates, TEXT_INPUT) +
    BigInt(outputTokens) * dearest(rates, TEXT_OUTPUT)
  );
}

function dearest(rates: Rates, names: readonly TokenClass[]): bigint {
  return BigInt(Math.max(...names.map((name) => rates[name] ?? 0)));
}

/** 1 attoUSD -> 1 nanoUSD, 1 000 000 000 -> 1, 1 000 000 001 -> 2. */
function ceilingNano(atto: bigint): bigint {
  return (atto + ATTO_PER_NANO - 1n) / ATTO_PER_NANO;
}
