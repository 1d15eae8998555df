import { CHAT_KEYS, type DirectiveKey } from "./directives.ts";
import type { Told } from "./wire.ts";

/** Messages know no audio, and Anthropic tells no cost. */
export const DIRECTIVE_KEYS: readonly DirectiveKey[] = CHAT_KEYS.filter(
  (key) => !["audioIn", "audioOut", "overcharge"].includes(key),
);

/** By how much an impossible usage is off. */
const MISTAKE = 7;

/**
 * The usage in Anthropic's words, as the caller is told it: undefined if not at all. Cached tokens stand beside
 * `input_tokens`, thinking is a part of `output_tokens`. https://platform.claude.com/docs/en/api/messages
 */
export function messagesUsage({ billed, directives }: Told) {
  const cached = billed.prompt_tokens_details.cached_tokens;
  const input_tokens = billed.prompt_tokens - cached;
  const output_tokens = billed.completion_tokens;
  const usage = {
    input_tokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens,
    output_tokens_details: {
      thinking_tokens: billed.completion_tokens_details.reasoning_tokens,
    },
    service_tier: "standard",
  };
  switch (directives.usage) {
    case undefined:
      return usage;
    case "none":
      return undefined;
    case "negative":
      return { ...usage, input_tokens: -input_tokens - 1 };
    case "mismatch":
      return {
        ...usage,
        cache_creation_input_tokens: MISTAKE,
        cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 0 },
      };
    case "overcached":
      return {
        ...usage,
        output_tokens_details: { thinking_tokens: output_tokens + MISTAKE },
      };
    case "missingDetails":
      return { input_tokens: billed.prompt_tokens, output_tokens };
    default:
      return directives.usage satisfies never;
  }
}
