import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { inputTokens, outputTokens, type TokenClasses } from "../../core/tokens.ts";
import audio from "./__fixtures__/chat-audio.json" with { type: "json" };
import cacheWrite from "./__fixtures__/chat-cache-write.json" with { type: "json" };
import cached from "./__fixtures__/chat-cached.json" with { type: "json" };
import plain from "./__fixtures__/chat-plain.json" with { type: "json" };
import prediction from "./__fixtures__/chat-prediction.json" with { type: "json" };
import reasoning from "./__fixtures__/chat-reasoning.json" with { type: "json" };
import embedding from "./__fixtures__/embedding.json" with { type: "json" };
import realtime from "./__fixtures__/realtime.json" with { type: "json" };
import cachedAudio from "./__fixtures__/realtime-cached-audio.json" with { type: "json" };
import responses from "./__fixtures__/responses.json" with { type: "json" };
import responsesCacheWrite from "./__fixtures__/responses-cache-write.json" with { type: "json" };
import { convertUsage } from "./convert-usage.ts";

/** Of 100 input and 50 output tokens. */
const CONTRADICTIONS: readonly (readonly [string, object])[] = [
  ["a split below the input", { prompt_tokens_details: { text_tokens: 10, audio_tokens: 20 } }],
  ["a split above the input", { prompt_tokens_details: { text_tokens: 90, image_tokens: 20 } }],
  ["modalities above the input", { prompt_tokens_details: { audio_tokens: 90, video_tokens: 20 } }],
  [
    "a split below the output",
    { completion_tokens_details: { text_tokens: 10, audio_tokens: 20 } },
  ],
  ["a split above the output", { completion_tokens_details: { text_tokens: 51 } }],
  [
    "a split of the cached tokens that is not their sum",
    {
      prompt_tokens_details: {
        cached_tokens: 30,
        audio_tokens: 40,
        cached_tokens_details: { text_tokens: 5, audio_tokens: 5 },
      },
    },
  ],
  [
    "a split of the written tokens that is not their sum",
    {
      prompt_tokens_details: {
        cache_write_tokens: 30,
        cache_write_tokens_details: { ttl_30m_tokens: 5, ttl_12h_tokens: 5 },
      },
    },
  ],
  [
    "accepted predictions above the output",
    { completion_tokens_details: { accepted_prediction_tokens: 100 } },
  ],
  [
    "predictions that are above the output together",
    {
      completion_tokens_details: { accepted_prediction_tokens: 30, rejected_prediction_tokens: 21 },
    },
  ],
];

describe("convertUsage", () => {
  it.each<[string, unknown, TokenClasses]>([
    ["a plain chat", plain.usage, { input: 19, output: 10 }],
    ["cached input once", cached.usage, { input: 86, cacheRead: 1920, output: 300 }],
    [
      "reasoning inside of output",
      reasoning.usage,
      { input: 86, cacheRead: 1920, output: 172, reasoning: 128 },
    ],
    ["audio both ways", audio.usage, { input: 17, audioIn: 128, output: 20, audioOut: 90 }],
    ["predicted tokens as output", prediction.usage, { input: 90, output: 51 }],
    [
      "cache writes apart from input",
      cacheWrite.usage,
      { input: 56, cacheRead: 2048, cacheWrite5m: 4096, output: 28, reasoning: 12 },
    ],
    ["responses", responses.usage, { input: 36, output: 87 }],
    [
      "responses' cache writes by how long they are kept",
      responsesCacheWrite.usage,
      {
        input: 976,
        cacheRead: 1024,
        cacheWrite5m: 5000,
        cacheWrite1h: 2000,
        output: 128,
        reasoning: 384,
      },
    ],
    [
      "realtime's cached audio apart from cached text",
      cachedAudio.response.usage,
      { input: 302, cacheRead: 128, audioIn: 144, audioCacheRead: 256, output: 36, audioOut: 112 },
    ],
    ["embeddings, which have no output", embedding.usage, { input: 8 }],
    [
      "a server that sends no details",
      { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
      { input: 5, output: 2 },
    ],
    [
      "a server that sends no total",
      { prompt_tokens: 5, completion_tokens: 2 },
      { input: 5, output: 2 },
    ],
    [
      "details that are null",
      { prompt_tokens: 5, completion_tokens: 2, prompt_tokens_details: null },
      { input: 5, output: 2 },
    ],
    [
      "fields that it does not know",
      { ...plain.usage, cost: 0.1, queue_time: { ms: -3 } },
      { input: 19, output: 10 },
    ],
  ])("counts %s", (_, raw, classes) => {
    expect(convertUsage(raw)).toEqual({ classes, status: "exact" });
  });

  const counts = { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 };
  const whole = { input: 100, output: 50 };

  it.each<[string, unknown, string, TokenClasses]>([
    ["none", undefined, "usage_missing", {}],
    ["null", null, "usage_missing", {}],
    ["a text", "100 tokens", "usage_malformed", {}],
    ["a list", [100, 50], "usage_malformed", {}],
    ["an empty object", {}, "usage_malformed", {}],
    ["no input", { completion_tokens: 50, total_tokens: 150 }, "usage_malformed", {}],
    ["no output", { prompt_tokens: 100, total_tokens: 150 }, "usage_malformed", {}],
    ["input alone", { prompt_tokens: 100 }, "usage_malformed", {}],
    ["responses without output", { input_tokens: 100, total_tokens: 100 }, "usage_malformed", {}],
    ["a count in text", { ...counts, prompt_tokens: "100" }, "usage_malformed", {}],
    ["a fraction", { ...counts, prompt_tokens: 99.5, total_tokens: 149.5 }, "usage_malformed", {}],
    ["NaN", { ...counts, completion_tokens: Number.NaN }, "usage_malformed", {}],
    [
      "beyond exact integers",
      { ...counts, prompt_tokens: 2 ** 53, total_tokens: 2 ** 53 },
      "usage_malformed",
      {},
    ],
    ["negative input", { ...counts, prompt_tokens: -100, total_tokens: -50 }, "usage_negative", {}],
    [
      "negative output",
      { ...counts, completion_tokens: -1, total_tokens: 99 },
      "usage_negative",
      {},
    ],
    ["a total that is no sum", { ...counts, total_tokens: 157 }, "usage_inconsistent", {}],
    [
      "cached above input",
      { ...counts, prompt_tokens_details: { cached_tokens: 101 } },
      "usage_inconsistent",
      whole,
    ],
    [
      "cached audio above audio",
      {
        ...counts,
        prompt_tokens_details: {
          cached_tokens: 9,
          audio_tokens: 3,
          cached_tokens_details: { audio_tokens: 4 },
        },
      },
      "usage_inconsistent",
      whole,
    ],
    [
      "written above input",
      { ...counts, prompt_tokens_details: { cache_write_tokens: 101 } },
      "usage_inconsistent",
      whole,
    ],
    [
      "reasoning above output",
      { ...counts, completion_tokens_details: { reasoning_tokens: 51 } },
      "usage_inconsistent",
      whole,
    ],
    [
      "negative cached",
      { ...counts, prompt_tokens_details: { cached_tokens: -1 } },
      "usage_negative",
      whole,
    ],
    ...CONTRADICTIONS.map(([what, details]): [string, unknown, string, TokenClasses] => [
      what,
      { ...counts, ...details },
      "usage_inconsistent",
      whole,
    ]),
    [
      "rejected predictions below 0",
      { ...counts, completion_tokens_details: { rejected_prediction_tokens: -5 } },
      "usage_negative",
      whole,
    ],
    [
      "a split in text",
      { ...counts, prompt_tokens_details: { text_tokens: "100" } },
      "usage_malformed",
      whole,
    ],
    [
      "cached in text",
      { ...counts, prompt_tokens_details: { cached_tokens: "10" } },
      "usage_malformed",
      whole,
    ],
    [
      "the impossible example in the documentation of Realtime",
      realtime.response.usage,
      "usage_inconsistent",
      { input: 127, output: 148 },
    ],
  ])("does not believe %s", (_, raw, estimatedBecause, classes) => {
    expect(convertUsage(raw)).toEqual({ classes, status: "estimated", estimatedBecause });
  });

  it.each<[string, object, TokenClasses]>([
    [
      "predictions that are all of the output",
      {
        completion_tokens_details: {
          accepted_prediction_tokens: 30,
          rejected_prediction_tokens: 20,
        },
      },
      whole,
    ],
    [
      "text beside reasoning",
      { completion_tokens_details: { text_tokens: 20, reasoning_tokens: 30 } },
      { input: 100, output: 20, reasoning: 30 },
    ],
    [
      "reasoning within text",
      { completion_tokens_details: { text_tokens: 50, reasoning_tokens: 30 } },
      { input: 100, output: 20, reasoning: 30 },
    ],
    [
      "a split of nothing but zeros for none",
      {
        prompt_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
        completion_tokens_details: { text_tokens: 0, audio_tokens: 0, reasoning_tokens: 0 },
      },
      whole,
    ],
    [
      "cached audio where all is audio",
      { prompt_tokens_details: { cached_tokens: 30, audio_tokens: 100 } },
      { audioIn: 70, audioCacheRead: 30, output: 50 },
    ],
    [
      "cached audio where all is cached",
      { prompt_tokens_details: { cached_tokens: 100, audio_tokens: 60 } },
      { cacheRead: 40, audioCacheRead: 60, output: 50 },
    ],
  ])("takes %s", (_what, details, classes) => {
    expect(convertUsage({ ...counts, ...details })).toEqual({ classes, status: "exact" });
  });

  it.each<[string, object, TokenClasses]>([
    [
      "may be text, and is taken for it",
      { cached_tokens: 30, audio_tokens: 60 },
      { input: 10, cacheRead: 30, audioIn: 60, output: 50 },
    ],
    [
      "is more than there is text, and is audio as far as it must be",
      { cached_tokens: 70, audio_tokens: 60 },
      { cacheRead: 40, audioIn: 30, audioCacheRead: 30, output: 50 },
    ],
  ])(
    "only estimates what is cached of audio where nothing splits it and it %s",
    (_what, details, classes) => {
      expect(convertUsage({ ...counts, prompt_tokens_details: details })).toEqual({
        classes,
        status: "estimated",
        estimatedBecause: "usage_unsplit",
      });
    },
  );

  it("takes a part that equals its whole", () => {
    const prompt_tokens_details = { cached_tokens: 100 };
    const completion_tokens_details = { reasoning_tokens: 50 };
    const usage = convertUsage({ ...counts, prompt_tokens_details, completion_tokens_details });
    expect(usage).toEqual({ classes: { cacheRead: 100, reasoning: 50 }, status: "exact" });
  });

  const count = fc.nat({ max: 1_000_000 });
  const rawUsage = fc.record({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: fc.oneof(count, fc.constant(undefined)),
    prompt_tokens_details: fc.record(
      { cached_tokens: count, audio_tokens: count, cache_write_tokens: count },
      { requiredKeys: [] },
    ),
    completion_tokens_details: fc.record(
      { reasoning_tokens: count, audio_tokens: count },
      { requiredKeys: [] },
    ),
  });

  it("keeps every token in exactly one class, whatever the provider says", () => {
    fc.assert(
      fc.property(rawUsage, (raw) => {
        const { classes, status } = convertUsage(raw);
        if (status === "exact" || Object.keys(classes).length > 0) {
          expect(inputTokens(classes)).toBe(raw.prompt_tokens);
          expect(outputTokens(classes)).toBe(raw.completion_tokens);
        }
      }),
    );
  });

  it("never throws and never gives a negative class", () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({
        prompt_tokens: fc.anything(),
        completion_tokens: fc.anything(),
        prompt_tokens_details: fc.anything(),
      }),
    );
    fc.assert(
      fc.property(anything, (raw) => {
        const { classes } = convertUsage(raw);
        expect(
          Object.values(classes).every((tokens) => Number.isSafeInteger(tokens) && tokens > 0),
        ).toBe(true);
      }),
    );
  });
});
