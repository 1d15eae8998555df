import type { Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject } from "../openai-wire/json.ts";
import { countOf, firstObject, numberOf } from "../usage/counts.ts";

/**
 * OpenAI's usage; of Grok, whose reasoning stands beside the completion as at xAI, that too: 32 prompt tokens, 9 of
 * completion and 94 of reasoning, 135 in all, are 32 `input`, 9 `output` and 94 `reasoning`. A model is told by its total
 * alone, for a deployment may have any name; without one, reasoning is within.
 */
export function convertAzureUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage)) return convertOpenAiUsage(rawUsage);
  const completion = numberOf(rawUsage.completion_tokens);
  const reasoning = countOf(firstObject(rawUsage.completion_tokens_details).reasoning_tokens);
  if (rawUsage.total_tokens !== numberOf(rawUsage.prompt_tokens) + completion + reasoning)
    return convertOpenAiUsage(rawUsage);
  return convertOpenAiUsage({ ...rawUsage, completion_tokens: completion + reasoning });
}
