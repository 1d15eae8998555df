import type { ChatUsage } from "../../../tools/sim-model/usage.ts";
import { chatUsageOf, type SimRecord } from "./model.ts";

/** attoUSD per token. */
interface Price {
  readonly input: bigint;
  readonly cached: bigint;
  readonly output: bigint;
}

/** Written down apart from the price book, which has the sources: a second account of a few models, for tests alone. */
const PRICES: Readonly<Record<string, Price>> = {
  "gpt-4o": { input: 2_500_000_000_000n, cached: 1_250_000_000_000n, output: 10_000_000_000_000n },
  "gpt-4o-mini": { input: 150_000_000_000n, cached: 75_000_000_000n, output: 600_000_000_000n },
  "gpt-4.1": { input: 2_000_000_000_000n, cached: 500_000_000_000n, output: 8_000_000_000_000n },
  "gpt-4.1-mini": { input: 400_000_000_000n, cached: 100_000_000_000n, output: 1_600_000_000_000n },
  "gpt-5": { input: 1_250_000_000_000n, cached: 125_000_000_000n, output: 10_000_000_000_000n },
  "gpt-5-mini": { input: 250_000_000_000n, cached: 25_000_000_000n, output: 2_000_000_000_000n },
  o3: { input: 2_000_000_000_000n, cached: 500_000_000_000n, output: 8_000_000_000_000n },
  "sim-free": { input: 0n, cached: 0n, output: 0n },
};

/** What a chat costs in nanoUSD, rounded once, half-even, on the exact total. */
export function nanoUsdOf(model: string, usage: ChatUsage): bigint {
  const price = PRICES[model];
  if (!price) throw new Error(`the test has no price of ${model}`);
  const cached = BigInt(usage.prompt_tokens_details.cached_tokens);
  const input = BigInt(usage.prompt_tokens) - cached;
  const output = BigInt(usage.completion_tokens);
  return roundHalfEven(input * price.input + cached * price.cached + output * price.output);
}

/** What the model billed by its own record. */
export function billedNanoUsd(record: SimRecord): bigint {
  return nanoUsdOf(record.modelRequested ?? "", chatUsageOf(record));
}

/** In attoUSD: 2.5 nanoUSD -> 2, 3.5 -> 4, 2.5 and one attoUSD -> 3. */
function roundHalfEven(atto: bigint): bigint {
  const nano = atto / 1_000_000_000n;
  const rest = atto % 1_000_000_000n;
  const isUp = rest > 500_000_000n || (rest === 500_000_000n && nano % 2n === 1n);
  return isUp ? nano + 1n : nano;
}
