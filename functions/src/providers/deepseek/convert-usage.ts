import type { Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject } from "../openai-wire/json.ts";
import { estimated, firstObject, numberOf } from "../usage/counts.ts";

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

/** 1 200 prompt tokens, 1 024 of them hits, are 176 `input` and 1 024 `cacheRead`. */
export function convertDeepSeekUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage) || rawUsage.prompt_cache_hit_tokens === undefined)
    return convertOpenAiUsage(rawUsage);
  const wire: Readonly<Partial<Record<Words, unknown>>> = rawUsage;
  const details = firstObject(rawUsage.prompt_tokens_details);
  const hit = wire.prompt_cache_hit_tokens;
  const usage = convertOpenAiUsage({
    ...rawUsage,
    prompt_tokens_details: { ...details, cached_tokens: hit },
  });
  const miss = wire.prompt_cache_miss_tokens;
  const addsUp = miss === undefined || numberOf(hit) + numberOf(miss) === wire.prompt_tokens;
  const agrees = details.cached_tokens === undefined || details.cached_tokens === hit;
  if (usage.status === "estimated" || (addsUp && agrees)) return usage;
  const { prompt_tokens: input, completion_tokens: output } = rawUsage;
  return estimated("usage_inconsistent", { input: numberOf(input), output: numberOf(output) });
}
