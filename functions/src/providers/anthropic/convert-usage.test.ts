import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { inputTokens, outputTokens, type TokenClasses } from "../../core/tokens.ts";
import stream from "./__fixtures__/message-stream.json" with { type: "json" };
import { convertMessagesUsage, mergeStreamedUsage } from "./convert-usage.ts";

const PLAIN = { input_tokens: 100, output_tokens: 50 };

describe("convertMessagesUsage", () => {
  it("takes cache writes for those of 5 minutes when nothing splits them", () => {
    const usage = { ...PLAIN, cache_creation_input_tokens: 30, cache_creation: null };
    expect(convertMessagesUsage(usage).classes).toEqual({
      input: 100,
      cacheWrite5m: 30,
      output: 50,
    });
  });

  it("takes a split of nothing but zeros for none", () => {
    const cache_creation = { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 };
    const usage = { ...PLAIN, cache_creation_input_tokens: 100, cache_creation };
    expect(convertMessagesUsage(usage)).toEqual({
      classes: { input: 100, cacheWrite5m: 100, output: 50 },
      status: "exact",
    });
  });

  it("takes the split for the sum when only the split is there", () => {
    const cache_creation = { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 };
    expect(convertMessagesUsage({ ...PLAIN, cache_creation })).toEqual({
      classes: { input: 100, cacheWrite5m: 10, cacheWrite1h: 20, output: 50 },
      status: "exact",
    });
  });

  it("adds up the samplings of one request, compaction included", () => {
    const iterations = [
      { type: "compaction", input_tokens: 180_000, output_tokens: 3_500 },
      { type: "message", input_tokens: 23_000, output_tokens: 1_000, cache_read_input_tokens: 7 },
    ];
    const { type: _type, ...top } = iterations[1] ?? {};
    expect(convertMessagesUsage({ ...top, iterations })).toEqual({
      classes: { input: 203_000, output: 4_500, cacheRead: 7 },
      status: "exact",
    });
  });

  const twice = [
    { type: "message", input_tokens: 100, output_tokens: 20 },
    { type: "message", input_tokens: 130, cache_read_input_tokens: 9, output_tokens: 30 },
  ];

  it.each([
    ["the sum", { input_tokens: 230, cache_read_input_tokens: 9 }],
    ["the first sampling's", PLAIN],
    ["the last sampling's", { input_tokens: 130, cache_read_input_tokens: 9 }],
  ])("believes samplings beside a whole whose input is %s", (_what, top) => {
    expect(convertMessagesUsage({ ...PLAIN, ...top, iterations: twice })).toEqual({
      classes: { input: 230, cacheRead: 9, output: 50 },
      status: "exact",
    });
  });

  it.each<[string, unknown, string]>([
    [
      "another output",
      [{ type: "message", input_tokens: 100, output_tokens: 5 }],
      "usage_inconsistent",
    ],
    [
      "another input",
      [{ type: "message", input_tokens: 10, output_tokens: 50 }],
      "usage_inconsistent",
    ],
    ["something that is none", [{ type: "message", ...PLAIN }, 7], "usage_malformed"],
    ["no list", { type: "message" }, "usage_malformed"],
    [
      "one that cannot be",
      [
        { type: "message", ...PLAIN },
        { type: "compaction", input_tokens: -1, output_tokens: 1 },
      ],
      "usage_negative",
    ],
    [
      "a sum beyond exact integers",
      [
        { type: "message", ...PLAIN },
        { type: "compaction", input_tokens: 2 ** 53 - 1, output_tokens: 5 },
      ],
      "usage_malformed",
    ],
  ])(
    "keeps the whole, as an estimate, where the samplings have %s",
    (_what, iterations, because) => {
      expect(convertMessagesUsage({ ...PLAIN, iterations })).toEqual({
        classes: { input: 100, output: 50 },
        status: "estimated",
        estimatedBecause: because,
      });
    },
  );

  it("does not price the sampling of another model as this one's", () => {
    const iterations = [
      { type: "message", ...PLAIN },
      { type: "advisor_message", model: "claude-opus-5", input_tokens: 9, output_tokens: 9 },
    ];
    expect(convertMessagesUsage({ ...PLAIN, iterations })).toEqual({
      classes: { input: 100, output: 50 },
      status: "estimated",
      estimatedBecause: "usage_unclassed",
    });
  });

  it.each<[string, unknown, string, TokenClasses]>([
    ["none", undefined, "usage_missing", {}],
    ["a list", [1], "usage_malformed", {}],
    ["no input", { output_tokens: 5 }, "usage_malformed", {}],
    ["no output", { input_tokens: 5 }, "usage_malformed", {}],
    [
      "a sum beyond exact integers",
      { input_tokens: 2 ** 53 - 1, output_tokens: 5 },
      "usage_malformed",
      {},
    ],
    ["negative input", { input_tokens: -5, output_tokens: 1 }, "usage_negative", {}],
    ["a count in text", { ...PLAIN, cache_read_input_tokens: "9" }, "usage_malformed", {}],
    [
      "thinking above output",
      { ...PLAIN, output_tokens_details: { thinking_tokens: 51 } },
      "usage_inconsistent",
      { input: 100, output: 50 },
    ],
    [
      "a split that is not the sum",
      {
        ...PLAIN,
        cache_creation_input_tokens: 30,
        cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 10 },
      },
      "usage_inconsistent",
      { input: 100, cacheWrite5m: 30, output: 50 },
    ],
  ])("does not believe %s", (_what, raw, estimatedBecause, classes) => {
    expect(convertMessagesUsage(raw)).toEqual({ classes, status: "estimated", estimatedBecause });
  });

  it("adds up to what the provider counted", () => {
    const count = fc.nat(1_000_000);
    fc.assert(
      fc.property(count, count, count, count, count, (input, output, read, short, long) => {
        const { classes } = convertMessagesUsage({
          input_tokens: input,
          output_tokens: output,
          cache_read_input_tokens: read,
          cache_creation_input_tokens: short + long,
          cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
        });
        expect(inputTokens(classes)).toBe(input + read + short + long);
        expect(outputTokens(classes)).toBe(output);
      }),
    );
  });
});

describe("mergeStreamedUsage", () => {
  it("counts a stream as the plain call", () => {
    const merged = mergeStreamedUsage(
      stream.message_start.message.usage,
      stream.message_delta.usage,
    );
    expect(convertMessagesUsage(merged)).toEqual({
      classes: { input: 25, cacheRead: 1000, cacheWrite5m: 300, output: 15 },
      status: "exact",
    });
  });

  const split = (short: number, long: number) => ({
    ...PLAIN,
    cache_creation_input_tokens: short + long,
    cache_creation: { ephemeral_5m_input_tokens: short, ephemeral_1h_input_tokens: long },
  });
  const merged = (start: object, delta: object) =>
    convertMessagesUsage(mergeStreamedUsage({ ...start }, { output_tokens: 60, ...delta }));

  it("drops a start's split that later writes of 5 minutes have outgrown", () => {
    expect(merged(split(100, 0), { cache_creation_input_tokens: 300 })).toEqual({
      classes: { input: 100, cacheWrite5m: 300, output: 60 },
      status: "exact",
    });
  });

  it("keeps a start's split while the writes are as many", () => {
    expect(merged(split(100, 200), { cache_creation_input_tokens: 300 })).toEqual({
      classes: { input: 100, cacheWrite5m: 100, cacheWrite1h: 200, output: 60 },
      status: "exact",
    });
  });

  it("takes the split of the last event", () => {
    expect(merged(split(100, 0), split(100, 200)).classes).toMatchObject({
      cacheWrite5m: 100,
      cacheWrite1h: 200,
    });
  });

  it("only estimates more writes than a start's split with some of an hour", () => {
    expect(merged(split(100, 100), { cache_creation_input_tokens: 300 })).toEqual({
      classes: { input: 100, cacheWrite5m: 300, output: 60 },
      status: "estimated",
      estimatedBecause: "usage_inconsistent",
    });
  });
});
