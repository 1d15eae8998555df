import type { TokenClass } from "../../functions/src/core/tokens.ts";
import { attoOfUsdPerMillion, filledTiers, isRecord, type ListedPrice } from "./listed-price.ts";

const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ["openai", "openai"],
  ["anthropic", "anthropic"],
  ["google", "google"],
  ["mistral", "mistral"],
  ["deepseek", "deepseek"],
  ["x-ai", "xai"],
  ["azure", "azure"],
  ["aws", "aws"],
  ["openrouter", "openrouter"],
]);

const CLASSES: ReadonlyMap<string, TokenClass> = new Map([
  ["input_mtok", "input"],
  ["cache_read_mtok", "cacheRead"],
  ["cache_write_mtok", "cacheWrite5m"],
  ["cache_write_1h_mtok", "cacheWrite1h"],
  ["input_audio_mtok", "audioIn"],
  ["cache_audio_read_mtok", "audioCacheRead"],
  ["output_mtok", "output"],
  ["output_audio_mtok", "audioOut"],
]);

/**
 * Reads `prices/data.json` of genai-prices: what it says of a day. Its patterns for names are not followed: a model is
 * compared under the names that it spells out. Prices by time of day are left out.
 */
export function genaiPrices(data: unknown, day: string): ListedPrice[] {
  const providers = Array.isArray(data) ? data.filter(isRecord) : [];
  return providers.flatMap(({ id, models }) => {
    const provider = PROVIDERS.get(String(id));
    if (provider === undefined || !Array.isArray(models)) return [];
    return models.filter(isRecord).flatMap((model) => pricesOf(provider, model, day));
  });
}

function pricesOf(provider: string, model: Readonly<Record<string, unknown>>, day: string) {
  const prices = validOn(model.prices, day);
  if (prices === undefined) return [];
  const tiers = filledTiers(ratesByEdge(prices));
  if (tiers[0]?.rates.input === undefined) return [];
  const names = new Set([String(model.id), ...spelledOut(model.match)]);
  return [...names].map((name): ListedPrice => ({ provider, name, tiers }));
}

function validOn(prices: unknown, day: string): Readonly<Record<string, unknown>> | undefined {
  if (isRecord(prices)) return prices;
  const valid = (Array.isArray(prices) ? prices : [])
    .filter(isRecord)
    .findLast(({ constraint }) => {
      if (!isRecord(constraint)) return true;
      return typeof constraint.start_date === "string" && constraint.start_date <= day;
    });
  return isRecord(valid?.prices) ? valid.prices : undefined;
}

function spelledOut(match: unknown): string[] {
  if (!isRecord(match)) return [];
  if (typeof match.equals === "string") return [match.equals];
  return Array.isArray(match.or) ? match.or.flatMap(spelledOut) : [];
}

function ratesByEdge(prices: Readonly<Record<string, unknown>>) {
  const byEdge = new Map<number, Partial<Record<TokenClass, number>>>();
  const put = (edge: number, name: TokenClass, usdPerMillion: unknown) => {
    if (typeof usdPerMillion !== "number" || usdPerMillion === 0) return;
    byEdge.set(edge, { ...byEdge.get(edge), [name]: attoOfUsdPerMillion(usdPerMillion) });
  };
  for (const [field, price] of Object.entries(prices)) {
    const name = CLASSES.get(field);
    if (name === undefined) continue;
    put(0, name, isRecord(price) ? price.base : price);
    const tiers = isRecord(price) && Array.isArray(price.tiers) ? price.tiers : [];
    for (const tier of tiers.filter(isRecord)) put(Number(tier.start) + 1, name, tier.price);
  }
  return byEdge;
}
