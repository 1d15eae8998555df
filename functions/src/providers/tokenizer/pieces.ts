/** Most characters tokenised in one go, so that the event loop is free again after a few tens of milliseconds. */
const MAX_PIECE_LENGTH = 8_192;
const MAX_RUN_LENGTH = 256;
/**
 * A tokenizer takes letters, symbols and white space in runs and merges within a run, in a time that grows with the
 * square of its length. Words of real text are far below 256 characters. One pass: each match begins where the last ended.
 */
const RUN = /[\p{L}\p{M}]{1,256}|[^\s\p{L}\p{N}]{1,256}|\s{1,256}/gu;

/** Cuts a text into pieces whose counts add up to its own, but for one token at most per run that had to be cut. */
export function* piecesOf(text: string): Generator<string> {
  let start = 0;
  for (const end of cutsOf(text)) {
    while (end - start > MAX_PIECE_LENGTH) {
      const gap = lastGap(text, start, start + MAX_PIECE_LENGTH);
      yield text.slice(start, gap);
      start = gap;
    }
    if (end > start) yield text.slice(start, end);
    start = end;
  }
}

/** The ends of all runs of full length, then the end of the text. */
function* cutsOf(text: string): Generator<number> {
  if (text.length > MAX_RUN_LENGTH) {
    for (const { 0: run, index } of text.matchAll(RUN)) {
      if (run.length >= MAX_RUN_LENGTH) yield index + run.length;
    }
  }
  yield text.length;
}

/**
 * Where to cut between `start` and `end`: before the last single space between two words, for there a tokenizer
 * begins anew in any case and no count changes; else at `end`, but not within a character.
 */
function lastGap(text: string, start: number, end: number): number {
  for (let at = end - 1; at > start; at -= 1) {
    if (text[at] === " " && isInk(text[at - 1]) && isInk(text[at + 1])) return at;
  }
  const isWithinCharacter = text.codePointAt(end - 1) !== text.charCodeAt(end - 1);
  return isWithinCharacter ? end - 1 : end;
}

function isInk(character: string | undefined): boolean {
  return character !== undefined && /\S/.test(character);
}
