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
      "cached and audio above input",
      { ...counts, prompt_tokens_details: { cached_tokens: 60, audio_tokens: 41 } },
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
