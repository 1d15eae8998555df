import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { inputTokens, outputTokens } from "../../core/tokens.ts";
import { USAGE_CONVERTERS } from "../usage-converters.ts";

/** A payload as a provider documents it, and what it says in all. */
interface Payload {
  readonly usage: object;
  readonly input: number;
  readonly output: number;
}

const count = fc.oneof(fc.nat(1_000_000), fc.constant(0));

/** What a call used, from which each provider's words are made. */
const used = fc.record({
  plain: count,
  cached: count,
  short: count,
  long: count,
  audio: count,
  said: count,
  reasoned: count,
  spoken: count,
});
type Used = typeof used extends fc.Arbitrary<infer T> ? T : never;

function inOpenAiWords(prompt: number, completion: number) {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  };
}

const PAYLOADS: readonly (readonly [string, string, (used: Used) => Payload])[] = [
  [
    "openai",
    "chat with audio",
    ({ plain, audio, said, reasoned, spoken }) => ({
      usage: {
        ...inOpenAiWords(plain + audio, said + reasoned + spoken),
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: audio, text_tokens: plain },
        completion_tokens_details: {
          reasoning_tokens: reasoned,
          audio_tokens: spoken,
          text_tokens: said,
        },
      },
      input: plain + audio,
      output: said + reasoned + spoken,
    }),
  ],
  [
    "openai",
    "responses with cache writes",
    ({ plain, cached, short, long, said, reasoned }) => ({
      usage: {
        input_tokens: plain + cached + short + long,
        input_tokens_details: {
          cached_tokens: cached,
          cache_write_tokens: short + long,
          cache_write_tokens_details: { ttl_30m_tokens: short, ttl_12h_tokens: long },
        },
        output_tokens: said + reasoned,
        output_tokens_details: { reasoning_tokens: reasoned },
        total_tokens: plain + cached + short + long + said + reasoned,
      },
      input: plain + cached + short + long,
      output: said + reasoned,
    }),
  ],
  [
    "openai",
    "Realtime with cached audio",
    ({ plain, cached, short, audio, said, spoken }) => ({
      usage: {
        input_tokens: plain + cached + short + audio,
        input_token_details: {
          text_tokens: plain + cached,
          audio_tokens: short + audio,
          cached_tokens: cached + short,
          cached_tokens_details: { text_tokens: cached, audio_tokens: short },
        },
        output_tokens: said + spoken,
        output_token_details: { text_tokens: said, audio_tokens: spoken },
        total_tokens: plain + cached + short + audio + said + spoken,
      },
      input: plain + cached + short + audio,
      output: said + spoken,
    }),
  ],
  [
    "azure",
    "chat with predictions",
    ({ plain, cached, said, reasoned }) => ({
      usage: {
        ...inOpenAiWords(plain + cached, said + reasoned),
        prompt_tokens_details: { audio_tokens: 0, cached_tokens: cached },
        completion_tokens_details: {
          accepted_prediction_tokens: said,
          audio_tokens: 0,
          reasoning_tokens: reasoned,
          rejected_prediction_tokens: 0,
        },
      },
      input: plain + cached,
      output: said + reasoned,
    }),
  ],
  [
    "openrouter",
    "chat with cache writes",
    ({ plain, cached, short, said, reasoned }) => ({
      usage: {
        ...inOpenAiWords(plain + cached + short, said + reasoned),
        cost: 0.1,
        prompt_tokens_details: {
          cached_tokens: cached,
          cache_write_tokens: short,
          audio_tokens: 0,
          video_tokens: 0,
        },
        completion_tokens_details: { reasoning_tokens: reasoned, image_tokens: 0 },
      },
      input: plain + cached + short,
      output: said + reasoned,
    }),
  ],
  [
    "xai",
    "chat with reasoning beside the completion",
    ({ plain, cached, said, reasoned }) => ({
      usage: {
        prompt_tokens: plain + cached,
        completion_tokens: said,
        total_tokens: plain + cached + said + reasoned,
        prompt_tokens_details: {
          text_tokens: plain + cached,
          audio_tokens: 0,
          image_tokens: 0,
          cached_tokens: cached,
        },
        completion_tokens_details: { reasoning_tokens: reasoned, audio_tokens: 0 },
        num_sources_used: 0,
      },
      input: plain + cached,
      output: said + reasoned,
    }),
  ],
  [
    "deepseek",
    "chat with hits and misses",
    ({ plain, cached, said, reasoned }) => ({
      usage: {
        ...inOpenAiWords(plain + cached, said + reasoned),
        prompt_tokens_details: { cached_tokens: cached },
        completion_tokens_details: { reasoning_tokens: reasoned },
        prompt_cache_hit_tokens: cached,
        prompt_cache_miss_tokens: plain,
      },
      input: plain + cached,
      output: said + reasoned,
    }),
  ],
  [
    "mistral",
    "chat with cached tokens in its own word",
    ({ plain, cached, said }) => ({
      usage: { ...inOpenAiWords(plain + cached, said), num_cached_tokens: cached },
      input: plain + cached,
      output: said,
    }),
  ],
  [
    "aws",
    "Converse",
    ({ plain, cached, short, long, said }) => ({
      usage: {
        inputTokens: plain,
        outputTokens: said,
        totalTokens: plain + cached + short + long + said,
        cacheReadInputTokens: cached,
        cacheWriteInputTokens: short + long,
        cacheDetails: [
          { ttl: "1h", inputTokens: long },
          { ttl: "5m", inputTokens: short },
        ],
      },
      input: plain + cached + short + long,
      output: said,
    }),
  ],
  [
    "google",
    "the OpenAI-compatible endpoint, whose total counts thoughts",
    ({ plain, said, reasoned }) => {
      const [spoken, thought] = [said % 65_536, reasoned % 65_536];
      return {
        usage: {
          prompt_tokens: plain,
          completion_tokens: spoken,
          total_tokens: plain + spoken + thought,
        },
        input: plain,
        output: spoken + thought,
      };
    },
  ],
  [
    "google",
    "usageMetadata by modality",
    ({ plain, cached, short, long, audio, said, reasoned, spoken }) => ({
      usage: {
        promptTokenCount: plain + cached + short + audio,
        cachedContentTokenCount: cached + short,
        toolUsePromptTokenCount: long,
        candidatesTokenCount: said + spoken,
        thoughtsTokenCount: reasoned,
        totalTokenCount: plain + cached + short + audio + long + said + spoken + reasoned,
        promptTokensDetails: [
          { modality: "TEXT", tokenCount: plain + cached },
          { modality: "AUDIO", tokenCount: short + audio },
        ],
        cacheTokensDetails: [
          { modality: "TEXT", tokenCount: cached },
          { modality: "AUDIO", tokenCount: short },
        ],
        toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: long }],
        candidatesTokensDetails: [
          { modality: "TEXT", tokenCount: said },
          { modality: "AUDIO", tokenCount: spoken },
        ],
      },
      input: plain + cached + short + audio + long,
      output: said + spoken + reasoned,
    }),
  ],
  [
    "anthropic",
    "messages with caches and thinking",
    ({ plain, cached, short, long, said, reasoned }) => ({
      usage: {
        input_tokens: plain,
        cache_read_input_tokens: cached,
        cache_creation_input_tokens: short + long,
        cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
        output_tokens: said + reasoned,
        output_tokens_details: { thinking_tokens: reasoned },
      },
      input: plain + cached + short + long,
      output: said + reasoned,
    }),
  ],
];

describe("the classes of a usage add up to what its provider says in all", () => {
  it.each(PAYLOADS)("%s: %s", (provider, _what, payloadOf) => {
    const convert = USAGE_CONVERTERS.get(provider);
    fc.assert(
      fc.property(used.map(payloadOf), ({ usage, input, output }) => {
        const { classes, status } = convert?.(usage).usage ?? { classes: {}, status: "none" };
        expect([status, inputTokens(classes), outputTokens(classes)]).toEqual([
          "exact",
          input,
          output,
        ]);
      }),
    );
  });
});
