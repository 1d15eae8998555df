import * as cl100k from "gpt-tokenizer/encoding/cl100k_base";
import * as o200k from "gpt-tokenizer/encoding/o200k_base";
import { boundedCache } from "./bounded-cache.ts";

export type Encoding = "cl100k_base" | "o200k_base";

/** What is sent is text: `<|im_start|>` in it is nine ordinary characters or so, and no command. */
const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

const MAX_CACHED_CHARACTERS = 8 * 1024 * 1024;

const codecs = { cl100k_base: codec(cl100k), o200k_base: codec(o200k) };

function codec(tokenizer: typeof cl100k | typeof o200k) {
  return {
    tokenizer,
    counts: boundedCache<number>(MAX_CACHED_CHARACTERS),
    texts: boundedCache<readonly string[]>(MAX_CACHED_CHARACTERS),
  };
}

/** How many tokens the text is. Texts seen before are not counted again. */
export function countTokens(encoding: Encoding, text: string): number {
  const { tokenizer, counts } = codecs[encoding];
  const known = counts.get(text);
  if (known !== undefined) return known;
  const count = tokenizer.countTokens(text, AS_PLAIN_TEXT);
  counts.set(text, count);
  return count;
}

/**
 * The text as one string per token, so that its length is the number of tokens and joining it
 * gives the text again. Of a character that spans several tokens, the last one carries it and
 * those before are empty: the tokenizer's decoder keeps the bytes until the character is whole,
 * which is why the tokens of a text are decoded in order and to the end.
 */
export function tokenTexts(encoding: Encoding, text: string): readonly string[] {
  const { tokenizer, texts } = codecs[encoding];
  const known = texts.get(text);
  if (known !== undefined) return known;
  const tokens = tokenizer.encode(text, AS_PLAIN_TEXT).map((token) => tokenizer.decode([token]));
  texts.set(text, tokens);
  return tokens;
}
