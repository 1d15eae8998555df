import { describe, expect, it } from "@jest/globals";
import { USAGE_CONVERTERS } from "../usage-converters.ts";
import interaction from "./__fixtures__/interaction.json" with { type: "json" };

const convert = (usage: object) => USAGE_CONVERTERS.get("google")?.(usage).usage;

const USAGE = {
  totalInputTokens: 100,
  inputTokensByModality: [
    { modality: "text", tokens: 60 },
    { modality: "audio", tokens: 40 },
  ],
  totalCachedTokens: 30,
  cachedTokensByModality: [
    { modality: "text", tokens: 20 },
    { modality: "audio", tokens: 10 },
  ],
  totalToolUseTokens: 5,
  totalOutputTokens: 23,
  totalThoughtTokens: 49,
  totalTokens: 177,
};

const CLASSES = {
  input: 45,
  cacheRead: 20,
  audioIn: 30,
  audioCacheRead: 10,
  output: 23,
  reasoning: 49,
};

describe("usage of an interaction", () => {
  it.each([
    ["an answer", interaction],
    ["the last event of a stream", { event_type: "interaction.complete", interaction }],
    ["the object alone", interaction.usage],
  ])("is read of %s", (_what, raw) => {
    expect(convert(raw)).toEqual({
      classes: { input: 7, output: 23, reasoning: 49 },
      status: "exact",
    });
  });

  it("counts the cache within the input, tools and thoughts beside", () => {
    expect(convert(USAGE)).toEqual({ classes: CLASSES, status: "exact" });
  });

  it.each([
    ["a video that was made", { outputTokensByModality: [{ modality: "video", tokens: 23 }] }],
    ["searches", { groundingToolCount: [{ type: "google_search", count: 2 }] }],
  ])("only estimates %s", (_what, more) => {
    expect(convert({ ...USAGE, ...more })).toEqual({
      classes: CLASSES,
      status: "estimated",
      estimatedBecause: "usage_unclassed",
    });
  });

  it("is exact when no search was made", () => {
    expect(convert({ ...USAGE, groundingToolCount: [] })?.status).toBe("exact");
    expect(convert({ ...USAGE, groundingToolCount: [{ count: 0 }] })?.status).toBe("exact");
  });

  it.each([
    ["a total that is not the sum", { totalTokens: 178 }],
    ["more cached than there was", { totalCachedTokens: 101 }],
    ["a list above its whole", { inputTokensByModality: [{ modality: "text", tokens: 101 }] }],
  ])("does not believe %s", (_what, more) => {
    expect(convert({ ...USAGE, ...more })).toMatchObject({
      status: "estimated",
      estimatedBecause: "usage_inconsistent",
    });
  });

  it.each([
    { totalInputTokens: "7" },
    { inputTokensByModality: "text" },
    { inputTokensByModality: [7] },
  ])("cannot read %j", (more) => {
    expect(convert({ ...USAGE, ...more })?.estimatedBecause).toBe("usage_malformed");
  });
});
