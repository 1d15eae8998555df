import type { Usage } from "../../core/tokens.ts";
import { convertUsage as convertOpenAiUsage } from "../openai/convert-usage.ts";
import { isObject } from "../openai-wire/json.ts";
import { countOf, firstObject, numberOf } from "../usage/counts.ts";

/**
 * Chat completions: `completion_tokens` is what was said, and reasoning stands beside it, not within; the total counts
 * both. Responses count as OpenAI's do. https://docs.x.ai/docs/guides/reasoning
 */
interface XaiUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens?: number;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
}

type Words = keyof XaiUsage;

/**
 * 32 prompt tokens, 9 of completion and 94 of reasoning, 135 in all, are 32 `input`, 9 `output` and 94 `reasoning`.
 * A total that has no room for the reasoning beside the completion says that it is within.
 */
export function convertXaiUsage(rawUsage: unknown): Usage {
  if (!isObject(rawUsage) || rawUsage.completion_tokens === undefined)
    return convertOpenAiUsage(rawUsage);
  const wire: Readonly<Partial<Record<Words, unknown>>> = rawUsage;
  const completion = numberOf(wire.completion_tokens);
  const reasoning = countOf(firstObject(wire.completion_tokens_details).reasoning_tokens);
  if (wire.total_tokens === numberOf(wire.prompt_tokens) + completion)
    return convertOpenAiUsage(rawUsage);
  return convertOpenAiUsage({ ...rawUsage, completion_tokens: completion + reasoning });
}
