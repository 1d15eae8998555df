import { inputTokens, type Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject } from "../openai-wire/json.ts";
import { contradicted, countOf, firstObject, numberOf } from "../usage/counts.ts";

/**
 * OpenAI's usage, with the cached part of the prompt said twice.
 * https://api-docs.deepseek.com/api/create-chat-completion
 */
interface DeepSeekUsage {
  /** `prompt_cache_hit_tokens` + `prompt_cache_miss_tokens` */
  readonly prompt_tokens: number;
  readonly prompt_cache_hit_tokens?: number;
  readonly prompt_cache_miss_tokens?: number;
}

type Words = keyof DeepSeekUsage;

/**
 * 1 200 prompt tokens, 1 024 of them hits, are 176 `input` and 1 024 `cacheRead`. Where hits and misses are no prompt,
 * or the two words for hits differ, which of them were cached is not known.
 */
export function convertDeepSeekUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage)) return convertOpenAiUsage(rawUsage);
  const wire: Readonly<Partial<Record<Words, unknown>>> = rawUsage;
  const details = firstObject(rawUsage.prompt_tokens_details);
  const hit = wire.prompt_cache_hit_tokens ?? details.cached_tokens ?? undefined;
  const miss = wire.prompt_cache_miss_tokens ?? undefined;
  const usage = convertOpenAiUsage(
    hit === undefined
      ? rawUsage
      : { ...rawUsage, prompt_tokens_details: { ...details, cached_tokens: hit } },
  );
  if (usage.status === "estimated") return usage;
  const addsUp = miss === undefined || countOf(hit) + numberOf(miss) === inputTokens(usage.classes);
  const agrees = (details.cached_tokens ?? hit) === hit;
  return addsUp && agrees ? usage : contradicted(usage);
}
