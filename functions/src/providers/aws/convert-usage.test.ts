import { describe, expect, it } from "@jest/globals";
import type { TokenClasses } from "../../core/tokens.ts";
import { convertConverseUsage } from "./convert-usage.ts";

const PLAIN = { inputTokens: 100, outputTokens: 50 };

describe("convertConverseUsage", () => {
  it.each<[string, unknown, TokenClasses]>([
    ["no total", PLAIN, { input: 100, output: 50 }],
    [
      "a total without the cache",
      { ...PLAIN, cacheReadInputTokens: 900, totalTokens: 150 },
      { input: 100, cacheRead: 900, output: 50 },
    ],
    [
      "writes that nothing splits",
      { ...PLAIN, cacheWriteInputTokens: 30, cacheDetails: [] },
      { input: 100, cacheWrite5m: 30, output: 50 },
    ],
  ])("counts %s", (_what, raw, classes) => {
    expect(convertConverseUsage(raw)).toEqual({ classes, status: "exact" });
  });

  it.each<[string, unknown, string, TokenClasses]>([
    ["none", undefined, "usage_missing", {}],
    ["no output", { inputTokens: 1 }, "usage_malformed", {}],
    ["negative output", { inputTokens: 1, outputTokens: -1 }, "usage_negative", {}],
    ["a total that is no sum", { ...PLAIN, totalTokens: 149 }, "usage_inconsistent", {}],
    [
      "a split that is not the sum",
      { ...PLAIN, cacheWriteInputTokens: 30, cacheDetails: [{ ttl: "1h", inputTokens: 20 }] },
      "usage_inconsistent",
      { input: 100, cacheWrite5m: 30, output: 50 },
    ],
  ])("does not believe %s", (_what, raw, estimatedBecause, classes) => {
    expect(convertConverseUsage(raw)).toEqual({ classes, status: "estimated", estimatedBecause });
  });
});
