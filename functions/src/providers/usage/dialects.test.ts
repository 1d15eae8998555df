import { describe, expect, it } from "@jest/globals";
import { convertDeepSeekUsage } from "../deepseek/convert-usage.ts";
import { convertMistralUsage } from "../mistral/convert-usage.ts";
import { convertXaiUsage } from "../xai/convert-usage.ts";

const PLAIN = { prompt_tokens: 100, completion_tokens: 50 };
const whole = { input: 100, output: 50 };

describe("convertDeepSeekUsage", () => {
  it.each([
    ["hits and misses that are not the prompt", { hit: 60, miss: 41, cached: undefined }],
    ["a hit that the details deny", { hit: 60, miss: 40, cached: 59 }],
    ["hits above the prompt", { hit: 101, miss: undefined, cached: undefined }],
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

  it("counts an answer that says no hits", () => {
    expect(convertDeepSeekUsage(PLAIN)).toEqual({ classes: whole, status: "exact" });
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

  it("does not believe more cached tokens than there were", () => {
    expect(convertMistralUsage({ ...PLAIN, num_cached_tokens: 101 })).toMatchObject({
      classes: whole,
      estimatedBecause: "usage_inconsistent",
    });
  });
});
