/** An encoding's tokens by their bytes, each byte as one character; the lower the rank, the sooner a pair becomes one. */
export type Ranks = ReadonlyMap<string, number>;

const LAST_ASCII = 0x7f;
const NEVER = Number.MAX_SAFE_INTEGER;

/** @param tokens in the order of their ranks: text, or bytes where these are no whole characters; with gaps */
export function ranksOf(tokens: readonly (string | readonly number[])[]): Ranks {
  const ranks = new Map<string, number>();
  tokens.forEach((token, rank) => {
    ranks.set(typeof token === "string" ? bytesOf(token) : String.fromCharCode(...token), rank);
  });
  return ranks;
}

/**
 * Counts the tokens of a text, as tiktoken does: `words` cuts it, and within a word the pair of the lowest rank becomes one
 * until none is left. gpt-tokenizer's own count does the same, in three to thirty times the time where words are long or
 * not ASCII: there 256 KiB of hostile text take seconds.
 */
export function countTokens(ranks: Ranks, words: RegExp, text: string): number {
  let tokens = 0;
  const isAscii = Buffer.byteLength(text) === text.length;
  for (const word of text.match(words) ?? []) {
    const bytes = isAscii ? word : bytesOf(word);
    tokens += ranks.has(bytes) ? 1 : countMerged(ranks, bytes);
  }
  return tokens;
}

function bytesOf(text: string): string {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > LAST_ASCII) return Buffer.from(text, "utf8").toString("latin1");
  }
  return text;
}

/** Where each part of a word begins, and the rank of joining it with the next one. All of it is sync, so two lists do. */
let starts = new Uint32Array(1_024);
let ranksOfJoins = new Float64Array(1_024);

function countMerged(ranks: Ranks, bytes: string): number {
  let parts = begin(ranks, bytes);
  for (;;) {
    const best = lowest(parts);
    if (ranksOfJoins[best] === NEVER) return parts;
    starts.copyWithin(best + 1, best + 2, parts + 1);
    ranksOfJoins.copyWithin(best + 1, best + 2, parts);
    parts -= 1;
    ranksOfJoins[best] = rankOfJoin(ranks, bytes, best, parts);
    if (best > 0) ranksOfJoins[best - 1] = rankOfJoin(ranks, bytes, best - 1, parts);
  }
}

/** @returns the number of parts: one for each byte */
function begin(ranks: Ranks, bytes: string): number {
  const parts = bytes.length;
  if (parts >= starts.length) {
    starts = new Uint32Array(2 * parts);
    ranksOfJoins = new Float64Array(2 * parts);
  }
  for (let at = 0; at <= parts; at += 1) starts[at] = at;
  for (let at = 0; at < parts; at += 1) ranksOfJoins[at] = rankOfJoin(ranks, bytes, at, parts);
  return parts;
}

/** The first of the lowest ranks. */
function lowest(parts: number): number {
  let best = 0;
  let rank = NEVER;
  for (let at = 0; at < parts; at += 1) {
    const found = ranksOfJoins[at] as number;
    if (found >= rank) continue;
    rank = found;
    best = at;
  }
  return best;
}

function rankOfJoin(ranks: Ranks, bytes: string, at: number, parts: number): number {
  if (at + 2 > parts) return NEVER;
  return ranks.get(bytes.slice(starts[at], starts[at + 2])) ?? NEVER;
}
