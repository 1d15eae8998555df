import type { TokenClass } from "../../functions/src/core/tokens.ts";
import { attoOfUsdPerMillion, filledTiers, isRecord, type ListedPrice } from "./listed-price.ts";

/** LiteLLM's names of the providers that the book has, and what its model names begin with. */
const PROVIDERS: ReadonlyMap<string, { readonly provider: string; readonly prefix: string }> =
  new Map([
    ["openai", { provider: "openai", prefix: "openai/" }],
    ["anthropic", { provider: "anthropic", prefix: "anthropic/" }],
    ["gemini", { provider: "google", prefix: "gemini/" }],
    ["mistral", { provider: "mistral", prefix: "mistral/" }],
    ["deepseek", { provider: "deepseek", prefix: "deepseek/" }],
    ["xai", { provider: "xai", prefix: "xai/" }],
    ["text-completion-openai", { provider: "openai", prefix: "text-completion-openai/" }],
    ["azure", { provider: "azure", prefix: "azure/" }],
    ["azure_ai", { provider: "azure", prefix: "azure_ai/" }],
    ["bedrock", { provider: "aws", prefix: "bedrock/" }],
    ["bedrock_converse", { provider: "aws", prefix: "bedrock/" }],
    ["openrouter", { provider: "openrouter", prefix: "openrouter/" }],
  ]);

const CLASSES: ReadonlyMap<string, TokenClass> = new Map([
  ["input_cost_per_token", "input"],
  ["cache_read_input_token_cost", "cacheRead"],
  ["cache_creation_input_token_cost", "cacheWrite5m"],
  ["cache_creation_input_token_cost_above_1hr", "cacheWrite1h"],
  ["input_cost_per_audio_token", "audioIn"],
  ["cache_read_input_audio_token_cost", "audioCacheRead"],
  ["output_cost_per_token", "output"],
  ["output_cost_per_audio_token", "audioOut"],
]);

const EDGE = /^(.+?)(?:_above_(\d+)k_tokens)?$/;

/** Reads `model_prices_and_context_window_backup.json` of the package `litellm`. */
export function litellmPrices(data: unknown): ListedPrice[] {
  if (!isRecord(data)) return [];
  return Object.entries(data).flatMap(([name, entry]) => {
    const known = isRecord(entry) ? PROVIDERS.get(String(entry.litellm_provider)) : undefined;
    if (!known || !isRecord(entry)) return [];
    const { provider, prefix } = known;
    const own = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    const tiers = filledTiers(ratesByEdge(entry));
    return tiers[0]?.rates.input === undefined ? [] : [{ provider, name: own, tiers }];
  });
}

function ratesByEdge(entry: Readonly<Record<string, unknown>>) {
  const byEdge = new Map<number, Partial<Record<TokenClass, number>>>();
  for (const [field, value] of Object.entries(entry)) {
    const [, base = "", thousands] = EDGE.exec(field) ?? [];
    const name = CLASSES.get(base);
    if (name === undefined || typeof value !== "number" || value === 0) continue;
    const edge = thousands === undefined ? 0 : Number(thousands) * 1_000 + 1;
    byEdge.set(edge, { ...byEdge.get(edge), [name]: attoOfUsdPerMillion(value * 1e6) });
  }
  return byEdge;
}
