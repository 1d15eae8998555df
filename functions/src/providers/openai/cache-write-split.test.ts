import { describe, expect, it } from "@jest/globals";
import { USAGE_CONVERTERS } from "../usage-converters.ts";

const convert = (usage: object) => USAGE_CONVERTERS.get("openrouter")?.(usage).usage;

const split = (short: number, long: number) => ({
  cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
});
const usage = (cache_write_tokens: number | undefined, more: object) => ({
  prompt_tokens: 194,
  completion_tokens: 2,
  total_tokens: 196,
  prompt_tokens_details: { cached_tokens: 50, cache_write_tokens },
  ...more,
});
const inDetails = (cache_write_tokens: number, more: object) => ({
  ...usage(undefined, {}),
  prompt_tokens_details: { cached_tokens: 50, cache_write_tokens, ...more },
});

describe("Anthropic's split of cache writes beside OpenAI's words", () => {
  it.each([
    ["beside the details", usage(100, split(40, 60))],
    ["in the details", inDetails(100, split(40, 60))],
    ["where only the split counts them", usage(undefined, split(40, 60))],
    [
      "that names the hour alone",
      usage(100, { cache_creation: { ephemeral_1h_input_tokens: 60 } }),
    ],
  ])("tells writes of an hour %s", (_what, raw) => {
    expect(convert(raw)).toEqual({
      classes: { input: 44, cacheRead: 50, cacheWrite5m: 40, cacheWrite1h: 60, output: 2 },
      status: "exact",
    });
  });

  it.each([
    ["null", { cache_creation: null }],
    ["all zeros", split(0, 0)],
  ])("takes one that is %s for none", (_what, more) => {
    expect(convert(usage(100, more))).toEqual({
      classes: { input: 44, cacheRead: 50, cacheWrite5m: 100, output: 2 },
      status: "exact",
    });
  });

  it.each([split(40, 59), split(40, 61), split(0, 101)])("does not believe %j of 100", (more) => {
    expect(convert(usage(100, more))).toEqual({
      classes: { input: 194, output: 2 },
      status: "estimated",
      estimatedBecause: "usage_inconsistent",
    });
  });
});
