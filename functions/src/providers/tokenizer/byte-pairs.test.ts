import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import cl100kTokens from "gpt-tokenizer/bpeRanks/cl100k_base";
import o200kTokens from "gpt-tokenizer/bpeRanks/o200k_base";
import * as cl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as o200k from "gpt-tokenizer/encoding/o200k_base";
import {
  CL100K_TOKEN_SPLIT_REGEX,
  O200K_TOKEN_SPLIT_REGEX,
} from "gpt-tokenizer/encodingParams/constants";
import { countTokens, ranksOf } from "./byte-pairs.ts";

const PLAIN = { disallowedSpecial: new Set<string>() };

describe.each([
  ["o200k_base", o200k, ranksOf(o200kTokens), O200K_TOKEN_SPLIT_REGEX],
  ["cl100k_base", cl100k, ranksOf(cl100kTokens), CL100K_TOKEN_SPLIT_REGEX],
] as const)("countTokens by %s", (_, reference, ranks, words) => {
  const count = (text: string) => countTokens(ranks, words, text);

  it.each([
    "",
    "Hello, world! It isn't 1 o'clock yet; 12,345 words.\n\n  Done.",
    "Grüße 👋 漢字かな 한국어 ไทยไม่มีช่องว่าง हिन्दी עברית العربية",
    "<|endoftext|><|im_start|>",
    "\ud800 alone \udc00",
    "a".repeat(700),
    "漢字東京".repeat(90),
    "/\n".repeat(200),
    "\u0301!".repeat(200),
    "👩‍💻".repeat(60),
  ])("is what gpt-tokenizer counts of %j", (text) => {
    expect(count(text)).toBe(reference.countTokens(text, PLAIN));
  });

  it("is what gpt-tokenizer counts of any text", () => {
    const unit = fc.oneof(
      fc.constantFrom(
        "the",
        " and",
        "ing",
        "\n",
        " ",
        "/",
        "!",
        "'s",
        "漢",
        "か",
        "ก็",
        "é",
        "\ue000",
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
      fc.string({ unit: "grapheme", maxLength: 4 }),
      fc.string({ unit: fc.constantFrom(..."aeinrst"), maxLength: 60 }),
    );
    const text = fc.array(unit, { maxLength: 60 }).map((units) => units.join(""));
    fc.assert(
      fc.property(text, (given) => {
        expect(count(given)).toBe(reference.countTokens(given, PLAIN));
      }),
      { numRuns: 500 },
    );
  });
});
