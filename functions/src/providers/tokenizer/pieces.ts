/** Most characters tokenised in one go, so that the event loop is free again after a few tens of milliseconds. */
const MAX_PIECE_LENGTH = 8_192;
const MAX_RUN_LENGTH = 256;
/**
 * A tokenizer takes letters, symbols and white space in runs, o200k_base also the line ends and slashes behind symbols, and
 * merges within a run, in a time that grows with the square of its length. Words of real text are far below 256 characters.
 * One pass: each match begins where the last ended.
 */
const RUN = /[\p{L}\p{M}]{1,256}|[^\s\p{L}\p{N}]{1,256}|[\r\n/]{1,256}|\s{1,256}/gu;

export interface Piece {
  readonly text: string;
  /** Whether it ends where a tokenizer might have gone on, so that the cut may change the count. */
  readonly isForced: boolean;
}

/** Cuts a text into pieces that can be counted one by one. */
export function* piecesOf(text: string): Generator<Piece> {
  let start = 0;
  for (const end of cutsOf(text)) {
    while (end - start > MAX_PIECE_LENGTH) {
      const gap = lastGap(text, start, start + MAX_PIECE_LENGTH);
      yield { text: text.slice(start, gap), isForced: !isGap(text, gap) };
      start = gap;
    }
    if (end > start) yield { text: text.slice(start, end), isForced: end < text.length };
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

/** Where to cut between `start` and `end`: at the last gap, else at `end`, but not within a character. */
function lastGap(text: string, start: number, end: number): number {
  for (let at = end - 1; at > start; at -= 1) {
    if (isGap(text, at)) return at;
  }
  const isWithinCharacter = text.codePointAt(end - 1) !== text.charCodeAt(end - 1);
  return isWithinCharacter ? end - 1 : end;
}

/** A single space between two words: there a tokenizer begins anew in any case, and a cut before it changes no count. */
function isGap(text: string, at: number): boolean {
  return text[at] === " " && isInk(text[at - 1]) && isInk(text[at + 1]);
}

function isInk(character: string | undefined): boolean {
  return character !== undefined && /\S/.test(character);
}
