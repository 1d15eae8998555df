import type { ChatUsage } from "./usage.ts";

/** Dollars per billion tokens: whole numbers, so that sums are exact. */
interface Price {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

/** What OpenRouter charges for the models that are simulated there. https://openrouter.ai/api/v1/models */
const PRICES: Readonly<Record<string, Price>> = {
  "openai/gpt-4o-mini": { input: 150, cached: 75, output: 600 },
  "openai/gpt-5-mini": { input: 250, cached: 25, output: 2_000 },
  "anthropic/claude-haiku-4.5": { input: 1_000, cached: 100, output: 5_000 },
  "deepseek/deepseek-r1:free": { input: 0, cached: 0, output: 0 },
  "sim/unlisted": { input: 300, cached: 300, output: 1_100 },
};

const PER_USD = 1_000_000_000;

/** What a call cost, in dollars, and so many nano-dollars more. */
export function costUsd(model: string, usage: ChatUsage, overchargeNanoUsd: number): number {
  const price = PRICES[model];
  if (price === undefined) throw new Error(`The simulated model has no price of ${model}.`);
  const cached = usage.prompt_tokens_details.cached_tokens;
  const nanoUsd =
    (usage.prompt_tokens - cached) * price.input +
    cached * price.cached +
    usage.completion_tokens * price.output;
  return (nanoUsd + overchargeNanoUsd) / PER_USD;
}
