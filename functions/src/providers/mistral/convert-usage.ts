import type { Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject } from "../openai-wire/json.ts";
import { firstObject } from "../usage/counts.ts";

/**
 * OpenAI's usage, but for two words. https://docs.mistral.ai/api/#tag/chat
 */
interface MistralUsage {
  /** Cached tokens of the prompt, where the details do not say them. */
  readonly num_cached_tokens?: number | null;
  /** Audio is billed by the minute: seconds of it are no tokens (`usage/billed-by-use.ts`). */
  readonly prompt_audio_seconds?: number | null;
}

type Words = keyof MistralUsage;

/** 900 prompt tokens, 640 of them cached, are 260 `input` and 640 `cacheRead`. */
export function convertMistralUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage)) return convertOpenAiUsage(rawUsage);
  const wire: Readonly<Partial<Record<Words, unknown>>> = rawUsage;
  const details = firstObject(rawUsage.prompt_tokens_details, rawUsage.prompt_token_details);
  const cached = details.cached_tokens ?? wire.num_cached_tokens ?? 0;
  return convertOpenAiUsage({
    ...rawUsage,
    prompt_tokens_details: { ...details, cached_tokens: cached },
  });
}
