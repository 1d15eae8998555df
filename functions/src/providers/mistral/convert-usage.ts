import type { Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";
import { countOf, firstObject, numberOf } from "../usage/counts.ts";

/**
 * OpenAI's usage, but for some words. https://docs.mistral.ai/api/#tag/chat
 */
interface MistralUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens?: number;
  readonly total_tokens: number;
  /** Cached tokens of the prompt, where the details do not say them. */
  readonly num_cached_tokens?: number | null;
  /** Audio is billed by the minute: seconds of it are no tokens (`usage/billed-by-use.ts`). */
  readonly prompt_audio_seconds?: number | null;
  /** What tools of a conversation put in: input beside the prompt. https://docs.mistral.ai/agents/connectors/websearch */
  readonly connector_tokens?: number | null;
}

type Words = keyof MistralUsage;
type Wire = Readonly<Partial<Record<Words, unknown>>>;

/**
 * 900 prompt tokens, 640 of them cached, are 260 `input` and 640 `cacheRead`; a prompt of 188 with 7 112 from a search are
 * 7 300 `input`.
 */
export function convertMistralUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage)) return convertOpenAiUsage(rawUsage);
  const wire: Wire = rawUsage;
  const prompt = promptOf(wire);
  const details = firstObject(rawUsage.prompt_tokens_details, rawUsage.prompt_token_details);
  const cached = details.cached_tokens ?? wire.num_cached_tokens ?? 0;
  return convertOpenAiUsage({
    ...rawUsage,
    ...prompt,
    ...totalOf({ ...wire, ...prompt }),
    prompt_tokens_details: { ...details, cached_tokens: cached },
  });
}

function promptOf({ prompt_tokens, connector_tokens }: Wire): JsonObject {
  const fromTools = countOf(connector_tokens);
  return fromTools === 0 ? {} : { prompt_tokens: numberOf(prompt_tokens) + fromTools };
}

/** Voxtral's total counts its audio as well, which no other count does: 203 s of it are 2 625 of 3 264. */
function totalOf(wire: Wire): JsonObject {
  const { total_tokens: total, prompt_audio_seconds: seconds } = wire;
  const sum = numberOf(wire.prompt_tokens) + countOf(wire.completion_tokens);
  return countOf(seconds) > 0 && numberOf(total) > sum ? { total_tokens: sum } : {};
}
