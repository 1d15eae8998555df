import { setImmediate } from "node:timers/promises";
import type { TokenCounter } from "../../calls/port.ts";
import { countTokens, ranksOf } from "./byte-pairs.ts";
import { CountMemory } from "./count-memory.ts";
import { type Encoding, encodingOf } from "./encodings.ts";
import { piecesOf } from "./pieces.ts";

/**
 * Tokens of another model per token of o200k_base, at most, for ASCII text. The tokenizer that Anthropic published
 * (Claude 2) takes 1.0 (prose) to 1.3 times (code) as many, and models since Claude 4.7 up to 1.35 times of what those
 * before took: 1.8. https://platform.claude.com/docs/en/build-with-claude/token-counting
 */
const UNKNOWN_MODEL_FACTOR = 2;
const FIRST_BEYOND_ASCII = 0x80;
/**
 * A cut within a run mostly keeps tokens from merging, but now and then lets better ones form. In 50 000 random runs
 * of 25 kinds it never saved more than two; with this margin the count is an upper bound.
 */
const FORCED_CUT_MARGIN = 3;
/** Characters after which others get a turn: 256 KiB of hostile text take up to a third of a second in all. */
const TURN_LENGTH = 8_192;

/** One of the tokenizers, and what it has counted. */
interface Tokenizer {
  countTokens(text: string): number;
  readonly memory: CountMemory;
}

/**
 * Counts as OpenAI's models do: exact, but for runs of more than 256 letters or symbols and for more than 8192
 * characters without a space: there each cut adds a few tokens. Models with another tokenizer get an upper bound:
 * twice the count of o200k_base and a token for each byte beyond ASCII, and no more than one token per UTF-8 byte,
 * the most that any byte-based one makes. Scripts other than Latin need the bytes: for Thai, Hindi, Greek and Arabic
 * Claude 2 takes 2.7 to 4.9 times what o200k_base takes.
 */
export function tokenCounter(): TokenCounter {
  return {
    isForeign: (model) => encodingOf(model) === undefined,
    async countTexts(model, texts) {
      const encoding = encodingOf(model);
      const name = encoding ?? "o200k_base";
      const counts = await countEach(loaded.get(name) ?? (await loadOnce(name)), texts);
      if (encoding) return counts;
      return counts.map((tokens, index) => foreignBound(tokens, texts[index] as string));
    },
  };
}

function foreignBound(tokens: number, text: string): number {
  const bytes = Buffer.byteLength(text);
  let beyondAscii = bytes;
  for (let place = 0; place < text.length; place += 1)
    if (text.charCodeAt(place) < FIRST_BEYOND_ASCII) beyondAscii -= 1;
  return Math.min(UNKNOWN_MODEL_FACTOR * tokens + beyondAscii, bytes);
}

/** One promise for all: within functions-framework each costs as much as some ten words. */
async function countEach(tokenizer: Tokenizer, texts: readonly string[]): Promise<number[]> {
  const counts: number[] = [];
  let sinceTurn = 0;
  for (const text of texts) {
    const key = tokenizer.memory.keyOf(text);
    let tokens = tokenizer.memory.get(key);
    if (tokens === undefined) {
      tokens = 0;
      for (const piece of piecesOf(text)) {
        sinceTurn += piece.text.length;
        if (sinceTurn > TURN_LENGTH) {
          await setImmediate();
          sinceTurn = piece.text.length;
        }
        tokens += tokenizer.countTokens(piece.text) + (piece.isForced ? FORCED_CUT_MARGIN : 0);
      }
      tokenizer.memory.set(key, tokens);
    }
    counts.push(tokens);
  }
  return counts;
}

const loaded = new Map<Encoding, Tokenizer>();
const loading = new Map<Encoding, Promise<Tokenizer>>();

/** Each takes 0.2 s and 30 MB to load, so only what is asked for is. */
function loadOnce(encoding: Encoding): Promise<Tokenizer> {
  const begun = loading.get(encoding) ?? load(encoding);
  loading.set(encoding, begun);
  return begun;
}

async function load(encoding: Encoding): Promise<Tokenizer> {
  const words = await import("gpt-tokenizer/encodingParams/constants");
  const [{ default: tokens }, split] =
    encoding === "o200k_base"
      ? [await import("gpt-tokenizer/bpeRanks/o200k_base"), words.O200K_TOKEN_SPLIT_REGEX]
      : [await import("gpt-tokenizer/bpeRanks/cl100k_base"), words.CL100K_TOKEN_SPLIT_REGEX];
  const ranks = ranksOf(tokens);
  const tokenizer: Tokenizer = {
    countTokens: (text) => countTokens(ranks, split, text),
    memory: new CountMemory(),
  };
  loaded.set(encoding, tokenizer);
  return tokenizer;
}
