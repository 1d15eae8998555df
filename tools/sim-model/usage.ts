import type { UsageFault } from "./directives.ts";

/** https://platform.openai.com/docs/api-reference/chat/object#chat-object-usage */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    readonly cached_tokens: number;
    readonly audio_tokens: number;
  };
  readonly completion_tokens_details: {
    readonly reasoning_tokens: number;
    readonly audio_tokens: number;
    readonly accepted_prediction_tokens: number;
    readonly rejected_prediction_tokens: number;
  };
}

export interface EmbeddingUsage {
  readonly prompt_tokens: number;
  readonly total_tokens: number;
}

export type BilledUsage = ChatUsage | EmbeddingUsage;

export interface PromptCounts {
  readonly textTokens: number;
  readonly cachedTokens: number;
  readonly audioTokens: number;
}

export interface OutputCounts {
  readonly textTokens: number;
  readonly reasoningTokens: number;
  readonly audioTokens: number;
}

export const NO_OUTPUT: OutputCounts = { textTokens: 0, reasoningTokens: 0, audioTokens: 0 };

/**
 * The usage as it is billed. As with OpenAI, the details are parts of the totals: 10 text and 64
 * reasoning tokens are a completion of 74. Text is what gets cached, never more than was sent.
 */
export function chatUsage(prompt: PromptCounts, output: OutputCounts): ChatUsage {
  const promptTokens = prompt.textTokens + prompt.audioTokens;
  const completionTokens = output.textTokens + output.reasoningTokens + output.audioTokens;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: {
      cached_tokens: Math.min(prompt.cachedTokens, prompt.textTokens),
      audio_tokens: prompt.audioTokens,
    },
    completion_tokens_details: {
      reasoning_tokens: output.reasoningTokens,
      audio_tokens: output.audioTokens,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** By how much an impossible usage is off. */
const MISTAKE = 7;

/** The usage as the caller is told it: undefined if not at all. */
export function toldUsage(billed: BilledUsage, fault: UsageFault | undefined): unknown {
  switch (fault) {
    case undefined:
      return billed;
    case "none":
      return undefined;
    case "negative":
      return { ...billed, prompt_tokens: -billed.prompt_tokens - 1 };
    case "mismatch":
      return { ...billed, total_tokens: billed.total_tokens + MISTAKE };
    case "overcached":
      return { ...billed, prompt_tokens_details: overcached(billed) };
    case "missingDetails":
      return withoutDetails(billed);
    default:
      return fault satisfies never;
  }
}

function overcached(billed: BilledUsage) {
  return { cached_tokens: billed.prompt_tokens + MISTAKE, audio_tokens: 0 };
}

function withoutDetails(billed: BilledUsage) {
  const { prompt_tokens, total_tokens } = billed;
  if (!("completion_tokens" in billed)) return { prompt_tokens, total_tokens };
  return { prompt_tokens, completion_tokens: billed.completion_tokens, total_tokens };
}
