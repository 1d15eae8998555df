import { describe, expect, it } from "@jest/globals";
import { convertAzureUsage } from "../azure/convert-usage.ts";
import { convertDeepSeekUsage } from "../deepseek/convert-usage.ts";
import conversation from "../mistral/__fixtures__/conversation.json" with { type: "json" };
import { convertMistralUsage } from "../mistral/convert-usage.ts";
import { convertXaiUsage } from "../xai/convert-usage.ts";

const PLAIN = { prompt_tokens: 100, completion_tokens: 50 };
const whole = { input: 100, output: 50 };

describe("convertDeepSeekUsage", () => {
  it.each([
    ["hits and misses that are not the prompt", { hit: 60, miss: 41, cached: undefined }],
    ["a hit that the details deny", { hit: 60, miss: 40, cached: 59 }],
    ["hits above the prompt", { hit: 101, miss: undefined, cached: undefined }],
    [
      "misses that are not the prompt, without hits",
      { hit: undefined, miss: 60, cached: undefined },
    ],
    ["misses that deny the details", { hit: undefined, miss: 60, cached: 39 }],
  ])("does not believe %s", (_what, { hit, miss, cached }) => {
    const raw = {
      ...PLAIN,
      prompt_cache_hit_tokens: hit,
      prompt_cache_miss_tokens: miss,
      prompt_tokens_details: { cached_tokens: cached },
    };
    expect(convertDeepSeekUsage(raw)).toEqual({
      classes: whole,
      status: "estimated",
      estimatedBecause: "usage_inconsistent",
    });
  });

  it("does not stumble over other words beside hits and misses", () => {
    const cache = { prompt_cache_hit_tokens: 10, prompt_cache_miss_tokens: 5 };
    expect(convertDeepSeekUsage({ input_tokens: 100, output_tokens: 50, ...cache })).toEqual({
      classes: whole,
      status: "estimated",
      estimatedBecause: "usage_inconsistent",
    });
    expect(convertDeepSeekUsage({ prompt_tokens: 100, total_tokens: 100, ...cache })).toEqual({
      classes: { input: 100 },
      status: "estimated",
      estimatedBecause: "usage_inconsistent",
    });
  });

  it.each([
    ["no hits", { prompt_cache_miss_tokens: 100 }, whole],
    [
      "its hits in the details alone",
      { prompt_cache_miss_tokens: 60, prompt_tokens_details: { cached_tokens: 40 } },
      { input: 60, cacheRead: 40, output: 50 },
    ],
  ])("counts an answer that says its misses and %s", (_what, cache, classes) => {
    expect(convertDeepSeekUsage({ ...PLAIN, ...cache })).toEqual({ classes, status: "exact" });
  });

  it("counts an answer that says no hits", () => {
    expect(convertDeepSeekUsage(PLAIN)).toEqual({ classes: whole, status: "exact" });
  });
});

describe("convertAzureUsage", () => {
  const reasoning = { completion_tokens_details: { reasoning_tokens: 30 } };

  it.each([
    ["beside the completion by the total", { total_tokens: 180 }, 50],
    ["within the completion by the total", { total_tokens: 150 }, 20],
    ["within the completion without a total", {}, 20],
  ])("counts reasoning %s", (_what, total, output) => {
    expect(convertAzureUsage({ ...PLAIN, ...reasoning, ...total })).toEqual({
      classes: { input: 100, output, reasoning: 30 },
      status: "exact",
    });
  });

  it.each([179, 181])("does not believe a total of %j, which is neither", (total_tokens) => {
    expect(convertAzureUsage({ ...PLAIN, ...reasoning, total_tokens })).toMatchObject({
      estimatedBecause: "usage_inconsistent",
    });
  });
});

describe("convertXaiUsage", () => {
  const reasoning = { completion_tokens_details: { reasoning_tokens: 30 } };

  it.each([
    ["beside the completion by the total", { ...PLAIN, ...reasoning, total_tokens: 180 }, 50],
    ["beside the completion without a total", { ...PLAIN, ...reasoning }, 50],
    ["within the completion by the total", { ...PLAIN, ...reasoning, total_tokens: 150 }, 20],
  ])("counts reasoning %s", (_what, raw, output) => {
    expect(convertXaiUsage(raw)).toEqual({
      classes: { input: 100, output, reasoning: 30 },
      status: "exact",
    });
  });

  it("does not believe a total that is neither", () => {
    expect(convertXaiUsage({ ...PLAIN, ...reasoning, total_tokens: 181 })).toMatchObject({
      estimatedBecause: "usage_inconsistent",
    });
  });
});

describe("convertMistralUsage", () => {
  it("only estimates audio, which is billed by the minute", () => {
    expect(convertMistralUsage({ ...PLAIN, prompt_audio_seconds: 12 })).toEqual({
      classes: whole,
      status: "estimated",
      estimatedBecause: "usage_unclassed",
    });
    expect(convertMistralUsage({ ...PLAIN, prompt_audio_seconds: null }).status).toBe("exact");
  });

  it("counts what connectors put in as input, and only estimates them", () => {
    expect(convertMistralUsage(conversation.usage)).toEqual({
      classes: { input: 188 + 7112, output: 55 },
      status: "estimated",
      estimatedBecause: "usage_unclassed",
    });
  });

  it.each([null, 0])("is exact with connectors that were not used, %j tokens", (tokens) => {
    expect(convertMistralUsage({ ...PLAIN, connector_tokens: tokens, connectors: null })).toEqual({
      classes: whole,
      status: "exact",
    });
  });

  it("keeps Voxtral's tokens, whose total counts the audio as well", () => {
    const raw = { prompt_audio_seconds: 203, prompt_tokens: 4, completion_tokens: 635 };
    expect(convertMistralUsage({ ...raw, total_tokens: 3264 })).toEqual({
      classes: { input: 4, output: 635 },
      status: "estimated",
      estimatedBecause: "usage_unclassed",
    });
    for (const impossible of [
      { ...raw, total_tokens: 638 },
      { ...raw, prompt_audio_seconds: 0, total_tokens: 3264 },
    ])
      expect(convertMistralUsage(impossible)).toMatchObject({
        classes: {},
        estimatedBecause: "usage_inconsistent",
      });
  });

  it("does not believe more cached tokens than there were", () => {
    expect(convertMistralUsage({ ...PLAIN, num_cached_tokens: 101 })).toMatchObject({
      classes: whole,
      estimatedBecause: "usage_inconsistent",
    });
  });
});
