import { setImmediate } from "node:timers/promises";
import type { TokenCounter } from "../../calls/port.ts";
import { type Encoding, encodingOf } from "./encodings.ts";
import { piecesOf } from "./pieces.ts";

/**
 * Tokens of another model per token of o200k_base, at most, for ordinary text. Measured by others: the tokenizers of
 * Claude 3 and 4 take 1.1 (prose) to 1.3 times (code) as many, those of later models up to 1.35 times of that.
 */
const UNKNOWN_MODEL_FACTOR = 2;
/**
 * A cut within a run mostly keeps tokens from merging, but now and then lets better ones form. In 35 000 random runs
 * of letters, symbols and white space it never saved more than two; with this margin the count is an upper bound.
 */
const FORCED_CUT_MARGIN = 3;
/** Merges kept by each tokenizer. Its own default, 100 000, can grow to some 100 MB under hostile input. */
const MERGE_CACHE_SIZE = 10_000;
/** `<|im_start|>` in a user's text is ordinary text, and no error. */
const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

type CountTokens = (text: string) => number;

/**
 * Counts as OpenAI's models do: exact, but for runs of more than 256 letters or symbols and for more than 8192
 * characters without a space: there each cut adds a few tokens. Models with another tokenizer get an upper bound:
 * twice the count of o200k_base, and no more than one token per UTF-8 byte, the most that any byte-based one makes.
 */
export function tokenCounter(): TokenCounter {
  return {
    async countText(model, text) {
      if (text === "") return 0;
      const encoding = encodingOf(model);
      const tokens = await countPieces(await loaded(encoding ?? "o200k_base"), text);
      return encoding ? tokens : Math.min(UNKNOWN_MODEL_FACTOR * tokens, Buffer.byteLength(text));
    },
  };
}

/** Others get a turn between two pieces: 256 KiB of hostile text take half a second in all. */
async function countPieces(count: CountTokens, text: string): Promise<number> {
  let tokens = 0;
  let isFirst = true;
  for (const piece of piecesOf(text)) {
    if (!isFirst) await setImmediate();
    isFirst = false;
    tokens += count(piece.text) + (piece.isForced ? FORCED_CUT_MARGIN : 0);
  }
  return tokens;
}

const loading = new Map<Encoding, Promise<CountTokens>>();

/** Each takes 0.1 to 0.2 s and tens of megabytes to load, so only what is asked for is. */
function loaded(encoding: Encoding): Promise<CountTokens> {
  const known = loading.get(encoding) ?? load(encoding);
  loading.set(encoding, known);
  return known;
}

async function load(encoding: Encoding): Promise<CountTokens> {
  const { countTokens, setMergeCacheSize } =
    encoding === "o200k_base"
      ? await import("gpt-tokenizer/encoding/o200k_base")
      : await import("gpt-tokenizer/encoding/cl100k_base");
  setMergeCacheSize(MERGE_CACHE_SIZE);
  return (text) => countTokens(text, AS_PLAIN_TEXT);
}
