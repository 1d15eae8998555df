import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { totalTokens, type Usage } from "../../core/tokens.ts";
import { convertMessagesUsage } from "../anthropic/convert-usage.ts";
import { convertConverseUsage } from "../aws/convert-usage.ts";
import { convertDeepSeekUsage } from "../deepseek/convert-usage.ts";
import { convertCompatibleUsage, convertUsageMetadata } from "../google/convert-usage.ts";
import { convertMistralUsage } from "../mistral/convert-usage.ts";
import { convertUsage } from "../openai/convert-usage.ts";
import { USAGE_CONVERTERS } from "../usage-converters.ts";
import { convertXaiUsage } from "../xai/convert-usage.ts";

const MAX = 2 ** 53 - 1;

/** Mostly what can be, so that all the sums are reached; now and then what cannot. */
const count = fc.oneof(
  { weight: 6, arbitrary: fc.nat(1_000) },
  { weight: 2, arbitrary: fc.constantFrom(MAX, MAX - 1, 0) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, undefined, "7", 0.5, -1, -MAX, 2 ** 60, Number.NaN, {}, []),
  },
);
const some = <T>(fields: Record<string, fc.Arbitrary<T>>) =>
  fc.record(fields, { requiredKeys: [] });
const counts = (...names: readonly string[]) =>
  some(Object.fromEntries(names.map((name) => [name, count])));
const odd = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 9, arbitrary },
    { weight: 1, arbitrary: fc.constantFrom(null, 7, "x", [], [null]) },
  );

const split = ["text_tokens", "audio_tokens", "image_tokens", "video_tokens"];
const cached = { cached_tokens_details: odd(counts(...split)) };
const written = { cache_write_tokens_details: odd(counts("ttl_30m_tokens", "ttl_12h_tokens")) };
const input = fc
  .tuple(counts(...split, "cached_tokens", "cache_write_tokens"), some({ ...cached, ...written }))
  .map(([a, b]) => ({ ...a, ...b }));
const output = counts(
  ...split,
  "reasoning_tokens",
  "thinking_tokens",
  "accepted_prediction_tokens",
  "rejected_prediction_tokens",
);
const modality = fc.constantFrom("TEXT", "AUDIO", "IMAGE", "VIDEO", "DOCUMENT", "SMELL", 7);
const modalities = odd(
  fc.array(fc.oneof(some({ modality, tokenCount: count }), fc.constant(null)), { maxLength: 3 }),
);
const MESSAGES = [
  "input_tokens",
  "output_tokens",
  "cache_read_input_tokens",
  "cache_creation_input_tokens",
];
const creation = odd(counts("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"));
const iteration = fc
  .tuple(counts(...MESSAGES), fc.constantFrom("message", "compaction", "advisor_message"))
  .map(([each, type]) => ({ ...each, type }));

/** Every documented name, those of all providers together. */
const everything = fc
  .tuple(
    counts(
      ...MESSAGES,
      "prompt_tokens",
      "completion_tokens",
      "total_tokens",
      "prompt_cache_hit_tokens",
      "prompt_cache_miss_tokens",
      "num_cached_tokens",
      "prompt_audio_seconds",
      "num_sources_used",
      "num_server_side_tools_used",
      "cost",
      "cost_in_usd_ticks",
    ),
    counts(
      "inputTokens",
      "outputTokens",
      "totalTokens",
      "cacheReadInputTokens",
      "cacheWriteInputTokens",
      "cacheReadInputTokenCount",
      "cacheWriteInputTokenCount",
      "promptTokenCount",
      "cachedContentTokenCount",
      "toolUsePromptTokenCount",
      "candidatesTokenCount",
      "responseTokenCount",
      "thoughtsTokenCount",
      "totalTokenCount",
    ),
    some<unknown>({
      prompt_tokens_details: odd(input),
      prompt_token_details: odd(input),
      input_tokens_details: odd(input),
      input_token_details: odd(input),
      completion_tokens_details: odd(output),
      output_tokens_details: odd(output),
      output_token_details: odd(output),
      cache_creation: creation,
      iterations: odd(fc.array(fc.oneof(iteration, fc.constant(null)), { maxLength: 3 })),
      server_tool_use: odd(counts("web_search_requests", "web_fetch_requests")),
      cacheDetails: odd(
        fc.array(some<unknown>({ ttl: fc.constantFrom("5m", "1h"), inputTokens: count })),
      ),
      promptTokensDetails: modalities,
      promptTokenDetails: modalities,
      cacheTokensDetails: modalities,
      toolUsePromptTokensDetails: modalities,
      candidatesTokensDetails: modalities,
      responseTokensDetails: modalities,
      is_byok: fc.boolean(),
      cost_details: odd(counts("upstream_inference_cost")),
      service_tier: fc.anything(),
      speed: fc.anything(),
    }),
  )
  .map((parts) => Object.assign({}, ...parts));

const raw = fc.oneof(
  { weight: 1, arbitrary: fc.anything() },
  { weight: 9, arbitrary: everything },
  { weight: 1, arbitrary: everything.map((usage) => ({ response: { body: { usage } } })) },
);

const CONVERTERS: readonly (readonly [string, (rawUsage: unknown) => Usage])[] = [
  ["messages", convertMessagesUsage],
  ["Converse", convertConverseUsage],
  ["DeepSeek", convertDeepSeekUsage],
  ["Gemini-compatible", convertCompatibleUsage],
  ["usageMetadata", convertUsageMetadata],
  ["Mistral", convertMistralUsage],
  ["OpenAI", convertUsage],
  ["xAI", convertXaiUsage],
  ...[...USAGE_CONVERTERS].map(
    ([provider, convert]) =>
      [`tracked ${provider}`, (usage: unknown) => convert(usage).usage] as const,
  ),
];

describe("a converter of usage", () => {
  it.each(CONVERTERS)("never throws, and gives counts that have a sum: %s", (_name, convert) => {
    fc.assert(
      fc.property(raw, (usage) => {
        const { classes, status, estimatedBecause } = convert(usage);
        const tokens = Object.values(classes);
        expect(tokens.every((each) => Number.isSafeInteger(each) && each > 0)).toBe(true);
        expect(totalTokens(classes)).toBeGreaterThanOrEqual(0);
        expect(estimatedBecause === undefined).toBe(status === "exact");
      }),
      { numRuns: 300 },
    );
  });

  it("reports costs that are amounts, or none", () => {
    const convert = fc.constantFrom(...USAGE_CONVERTERS.values());
    fc.assert(
      fc.property(convert, raw, (read, usage) => {
        const { costNanoUsd } = read(usage);
        expect(
          costNanoUsd === null || (Number.isSafeInteger(costNanoUsd) && costNanoUsd >= 0),
        ).toBe(true);
      }),
    );
  });

  it.each<[string, (rawUsage: unknown) => Usage, object]>([
    [
      "hits and misses of an embedding",
      convertDeepSeekUsage,
      {
        prompt_tokens: 100,
        total_tokens: 100,
        prompt_cache_hit_tokens: 10,
        prompt_cache_miss_tokens: 5,
      },
    ],
    [
      "hits and misses of responses",
      convertDeepSeekUsage,
      {
        input_tokens: 9,
        output_tokens: 5,
        prompt_cache_hit_tokens: 1,
        prompt_cache_miss_tokens: 5,
      },
    ],
    [
      "tools beside the longest prompt",
      convertUsageMetadata,
      { promptTokenCount: MAX, toolUsePromptTokenCount: 5 },
    ],
    [
      "the longest input and some output",
      convertMessagesUsage,
      { input_tokens: MAX, output_tokens: 5 },
    ],
    [
      "the longest input and some output",
      convertConverseUsage,
      { inputTokens: MAX, outputTokens: 5 },
    ],
    [
      "the longest prompt and some completion",
      convertUsage,
      { prompt_tokens: MAX, completion_tokens: 5 },
    ],
  ])("only estimates %s", (_what, convert, usage) => {
    expect(convert(usage).status).toBe("estimated");
  });
});
