import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { inputTokens, outputTokens, type TokenClasses } from "../../core/tokens.ts";
import { convertCompatibleUsage, convertUsageMetadata } from "./convert-usage.ts";

const audio = (tokenCount: number) => [{ modality: "AUDIO", tokenCount }];
const text = (tokenCount: number) => [{ modality: "TEXT", tokenCount }];

describe("convertUsageMetadata", () => {
  it.each<[string, unknown, TokenClasses]>([
    ["an empty answer", { promptTokenCount: 8, totalTokenCount: 8 }, { input: 8 }],
    [
      "images, video and documents as input",
      {
        promptTokenCount: 600,
        candidatesTokenCount: 1,
        promptTokensDetails: ["TEXT", "IMAGE", "VIDEO", "DOCUMENT"].map((modality) => ({
          modality,
          tokenCount: 150,
        })),
      },
      { input: 600, output: 1 },
    ],
    [
      "what tools put in beside the prompt",
      { promptTokenCount: 10, toolUsePromptTokenCount: 90, totalTokenCount: 100 },
      { input: 100 },
    ],
    [
      "a total that leaves tools out",
      { promptTokenCount: 10, toolUsePromptTokenCount: 90, totalTokenCount: 10 },
      { input: 100 },
    ],
    [
      "audio both ways, as Live says it",
      {
        promptTokenCount: 30,
        responseTokenCount: 50,
        totalTokenCount: 80,
        promptTokensDetails: audio(25),
        responseTokensDetails: audio(40),
      },
      { input: 5, audioIn: 25, output: 10, audioOut: 40 },
    ],
    [
      "what the Python SDK writes",
      {
        prompt_token_count: 30,
        candidates_token_count: 5,
        thoughts_token_count: 7,
        total_token_count: 42,
        cached_content_token_count: null,
        prompt_tokens_details: [{ modality: "AUDIO", token_count: 20 }],
      },
      { input: 10, audioIn: 20, output: 5, reasoning: 7 },
    ],
    [
      "a cache that holds all of an audio prompt, without a split",
      { promptTokenCount: 30, cachedContentTokenCount: 30, promptTokensDetails: audio(20) },
      { cacheRead: 10, audioCacheRead: 20 },
    ],
    [
      "a cache of a prompt that is all audio, without a split",
      { promptTokenCount: 30, cachedContentTokenCount: 12, promptTokensDetails: audio(30) },
      { audioIn: 18, audioCacheRead: 12 },
    ],
    [
      "a cache of a prompt without audio, without a split",
      { promptTokenCount: 30, cachedContentTokenCount: 12 },
      { input: 18, cacheRead: 12 },
    ],
    [
      "a list that leaves out text",
      { promptTokenCount: 30, candidatesTokenCount: 5, promptTokensDetails: audio(20) },
      { input: 10, audioIn: 20, output: 5 },
    ],
    [
      "what embedContent calls its list",
      { promptTokenCount: 30, promptTokenDetails: [...text(10), ...audio(20)] },
      { input: 10, audioIn: 20 },
    ],
  ])("counts %s", (_what, raw, classes) => {
    expect(convertUsageMetadata(raw)).toEqual({ classes, status: "exact" });
  });

  it("only estimates cached audio that is not split by modality", () => {
    const raw = {
      promptTokenCount: 100,
      cachedContentTokenCount: 70,
      promptTokensDetails: audio(60),
    };
    expect(convertUsageMetadata(raw)).toEqual({
      classes: { cacheRead: 40, audioIn: 30, audioCacheRead: 30 },
      status: "estimated",
      estimatedBecause: "usage_unsplit",
    });
  });

  it("only estimates cached audio when the list of the cache is not all of it", () => {
    const usage = (cacheTokensDetails: unknown) =>
      convertUsageMetadata({
        promptTokenCount: 100,
        cachedContentTokenCount: 80,
        promptTokensDetails: [...text(40), ...audio(60)],
        cacheTokensDetails,
      });
    const unsplit = { status: "estimated", estimatedBecause: "usage_unsplit" };
    const classes = { cacheRead: 40, audioIn: 20, audioCacheRead: 40 };
    const heard = { input: 10, cacheRead: 30, audioIn: 10, audioCacheRead: 50 };
    expect(usage(text(40))).toEqual({ classes, ...unsplit });
    expect(usage(audio(50))).toEqual({ classes: heard, ...unsplit });
    expect(usage([...text(40), ...audio(40)])).toEqual({ classes, status: "exact" });
  });

  it("only estimates images that were made", () => {
    const raw = {
      promptTokenCount: 5,
      candidatesTokenCount: 1290,
      candidatesTokensDetails: [{ modality: "IMAGE", tokenCount: 1290 }],
    };
    expect(convertUsageMetadata(raw)).toEqual({
      classes: { input: 5, output: 1290 },
      status: "estimated",
      estimatedBecause: "usage_unclassed",
    });
  });

  it("only estimates images that Live was shown", () => {
    const raw = {
      promptTokenCount: 258,
      responseTokenCount: 9,
      promptTokensDetails: [{ modality: "IMAGE", tokenCount: 258 }],
    };
    expect(convertUsageMetadata(raw)).toMatchObject({ estimatedBecause: "usage_unclassed" });
  });

  const counts = { promptTokenCount: 100, candidatesTokenCount: 50, totalTokenCount: 150 };
  it.each<[string, unknown, string, TokenClasses]>([
    ["none", null, "usage_missing", {}],
    ["an empty object", {}, "usage_malformed", {}],
    ["output alone", { candidatesTokenCount: 5 }, "usage_malformed", {}],
    ["a negative count", { ...counts, thoughtsTokenCount: -1 }, "usage_negative", {}],
    ["a total that is no sum", { ...counts, totalTokenCount: 151 }, "usage_inconsistent", {}],
    [
      "cached above the prompt",
      { ...counts, cachedContentTokenCount: 101 },
      "usage_inconsistent",
      { input: 100, output: 50 },
    ],
    [
      "cached audio above audio",
      {
        ...counts,
        cachedContentTokenCount: 50,
        promptTokensDetails: audio(10),
        cacheTokensDetails: audio(11),
      },
      "usage_inconsistent",
      { input: 100, output: 50 },
    ],
    [
      "modalities above the prompt",
      { ...counts, promptTokensDetails: [...text(90), ...audio(60)] },
      "usage_inconsistent",
      { input: 100, output: 50 },
    ],
    [
      "modalities above the candidates",
      { ...counts, candidatesTokensDetails: text(51) },
      "usage_inconsistent",
      { input: 100, output: 50 },
    ],
    [
      "modalities above what was cached",
      { ...counts, cachedContentTokenCount: 10, cacheTokensDetails: text(11) },
      "usage_inconsistent",
      { input: 100, output: 50 },
    ],
    [
      "modalities above what tools put in",
      {
        ...counts,
        promptTokenCount: 60,
        toolUsePromptTokenCount: 40,
        toolUsePromptTokensDetails: text(41),
      },
      "usage_inconsistent",
      { input: 100, output: 50 },
    ],
    [
      "a list in which something is no modality",
      { ...counts, promptTokensDetails: [...text(90), 7] },
      "usage_malformed",
      { input: 100, output: 50 },
    ],
    [
      "a list that is none",
      { ...counts, promptTokensDetails: { modality: "TEXT", tokenCount: 100 } },
      "usage_malformed",
      { input: 100, output: 50 },
    ],
    [
      "a sum beyond exact integers",
      { promptTokenCount: 2 ** 53 - 1, toolUsePromptTokenCount: 5 },
      "usage_malformed",
      {},
    ],
    [
      "a modality in text",
      { ...counts, promptTokensDetails: [{ modality: "AUDIO", tokenCount: "3" }] },
      "usage_malformed",
      { input: 100, output: 50 },
    ],
  ])("does not believe %s", (_what, raw, estimatedBecause, classes) => {
    expect(convertUsageMetadata(raw)).toEqual({ classes, status: "estimated", estimatedBecause });
  });

  it("keeps every token in exactly one class, whatever is cached and whatever is audio", () => {
    const count = fc.nat(10_000);
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        fc.option(count),
        (prompt, cached, heard, out, split) => {
          const { classes } = convertUsageMetadata({
            promptTokenCount: prompt,
            cachedContentTokenCount: cached,
            candidatesTokenCount: out,
            promptTokensDetails: audio(heard),
            ...(split === null ? {} : { cacheTokensDetails: audio(split) }),
          });
          expect(inputTokens(classes)).toBe(prompt);
          expect(outputTokens(classes)).toBe(out);
        },
      ),
    );
  });
});

describe("convertCompatibleUsage", () => {
  it("takes what OpenAI's words say when the total is their sum", () => {
    const raw = {
      prompt_tokens: 9,
      completion_tokens: 12,
      total_tokens: 21,
      completion_tokens_details: { reasoning_tokens: 4 },
    };
    expect(convertCompatibleUsage(raw).classes).toEqual({ input: 9, output: 8, reasoning: 4 });
  });

  const counts = { prompt_tokens: 100, completion_tokens: 50 };
  const thinking = (reasoning_tokens: number | null) => ({
    completion_tokens_details: { reasoning_tokens },
  });

  it.each([4, 9, 11, 0])(
    "does not believe %d stated thoughts beside a total that counts 10",
    (stated) => {
      const raw = { ...counts, total_tokens: 160, ...thinking(stated) };
      expect(convertCompatibleUsage(raw)).toEqual({
        classes: { input: 100, output: 60 },
        status: "estimated",
        estimatedBecause: "usage_inconsistent",
      });
    },
  );

  it.each([10, null])("believes %p stated thoughts beside a total that counts 10", (stated) => {
    const raw = { ...counts, total_tokens: 160, ...thinking(stated) };
    expect(convertCompatibleUsage(raw)).toEqual({
      classes: { input: 100, output: 50, reasoning: 10 },
      status: "exact",
    });
  });

  it("takes what is missing to a total for thoughts as far as answers go, and no farther", () => {
    const most = 8 * 65_536;
    const usage = (total_tokens: number) => convertCompatibleUsage({ ...counts, total_tokens });
    expect(usage(100 + most).classes).toEqual({ input: 100, output: 50, reasoning: most - 50 });
    for (const total of [101 + most, 1_000_000, 2 ** 53 - 1, 2 ** 53])
      expect(usage(total)).toEqual({
        classes: {},
        status: "estimated",
        estimatedBecause: total > 2 ** 52 ? expect.any(String) : "usage_inconsistent",
      });
  });

  it("counts thoughts of an answer that was cut before its first word", () => {
    expect(convertCompatibleUsage({ prompt_tokens: 9, total_tokens: 20 }).classes).toEqual({
      input: 9,
      reasoning: 11,
    });
  });
});
