import type { SimRecord } from "../sim-model/records.ts";

/** nanoUSD per token, which is USD per million tokens x 1 000. */
interface Rates {
  readonly input: bigint;
  readonly cached: bigint;
  readonly output: bigint;
}

/**
 * A second, independent account of what the sample models cost: it knows nothing of the price book, so that both
 * have to be right for the sums to agree. Text tokens, standard tier, from https://platform.openai.com/docs/pricing
 * and the models' own pages, https://platform.openai.com/docs/models/NAME. All of them are whole nano-dollars, so that
 * nothing is ever rounded here.
 */
const RATES: Readonly<Record<string, Rates>> = {
  "gpt-4o": { input: 2_500n, cached: 1_250n, output: 10_000n },
  "gpt-4o-mini": { input: 150n, cached: 75n, output: 600n },
  "gpt-4.1": { input: 2_000n, cached: 500n, output: 8_000n },
  "gpt-4.1-mini": { input: 400n, cached: 100n, output: 1_600n },
  "gpt-4.1-nano": { input: 100n, cached: 25n, output: 400n },
  "gpt-5": { input: 1_250n, cached: 125n, output: 10_000n },
  "gpt-5-mini": { input: 250n, cached: 25n, output: 2_000n },
  "gpt-5-nano": { input: 50n, cached: 5n, output: 400n },
  o3: { input: 2_000n, cached: 500n, output: 8_000n },
  "o4-mini": { input: 1_100n, cached: 275n, output: 4_400n },
  "text-embedding-3-small": { input: 20n, cached: 20n, output: 0n },
  "text-embedding-3-large": { input: 130n, cached: 130n, output: 0n },
  "sim-free": { input: 0n, cached: 0n, output: 0n },
};

/** What the model's record of a call comes to; undefined for a model without a price here. */
export function billedNanoUsd({
  modelRequested,
  usage,
}: Pick<SimRecord, "modelRequested" | "usage">): bigint | undefined {
  if (usage === null) return 0n;
  const rates = RATES[modelRequested ?? ""];
  if (!rates) return undefined;
  const isChat = "completion_tokens" in usage;
  const input = BigInt(usage.prompt_tokens);
  const cached = BigInt(isChat ? usage.prompt_tokens_details.cached_tokens : 0);
  const output = BigInt(isChat ? usage.completion_tokens : 0);
  return (input - cached) * rates.input + cached * rates.cached + output * rates.output;
}
