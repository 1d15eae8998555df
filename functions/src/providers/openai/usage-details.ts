import { cachedAudioOf } from "../usage/cached-audio.ts";
import { countOf, firstObject, sumOf, type Unread } from "../usage/counts.ts";

/** By modality; what has several tells all of them or the others beside text. */
interface Split {
  readonly text_tokens?: number;
  readonly audio_tokens?: number;
  /** Realtime bills images above text; elsewhere they cost the same. */
  readonly image_tokens?: number;
  /** OpenRouter */
  readonly video_tokens?: number;
}

export interface InputDetails extends Split {
  readonly cached_tokens?: number;
  /** Realtime alone says which of the cached tokens are audio. */
  readonly cached_tokens_details?: Split;
  /** Since GPT-5.6, billed above plain input. Kept for 30 minutes, or for 12 hours as far as the details say. */
  readonly cache_write_tokens?: number;
  readonly cache_write_tokens_details?: {
    readonly ttl_30m_tokens?: number;
    readonly ttl_12h_tokens?: number;
  };
  /** Anthropic's split of the written tokens, where a gateway passes it on, here or beside the details. */
  readonly cache_creation?: {
    readonly ephemeral_5m_input_tokens?: number;
    readonly ephemeral_1h_input_tokens?: number;
  };
}

export interface OutputDetails extends Split {
  readonly reasoning_tokens?: number;
  /** Predicted tokens, accepted or not, are a part of the output. */
  readonly accepted_prediction_tokens?: number;
  readonly rejected_prediction_tokens?: number;
}

/** What the details say of the tokens of one side, not yet believed. */
interface Side {
  /** Every number that was read. */
  readonly parts: readonly number[];
  /** Whether they cannot all be parts of the count above them. */
  readonly contradicts: boolean;
}

export interface InputParts extends Side {
  readonly cached: number;
  readonly cachedAudio: number;
  readonly isCachedAudioKnown: boolean;
  readonly written: number;
  readonly writtenLong: number;
  readonly audio: number;
}

export interface OutputParts extends Side {
  readonly reasoning: number;
  readonly audio: number;
  readonly images: number;
}

export function readInput(details: Unread<InputDetails>, input: number): InputParts {
  const ofCached: Unread<Split> = firstObject(details.cached_tokens_details);
  const cached = countOf(details.cached_tokens);
  const { written, short, writtenLong, isWhole } = readWritten(details);
  const audio = countOf(details.audio_tokens);
  const unsplit = cachedAudioOf({ cached, audio, others: input - audio - written });
  const isSplit = isSaid(ofCached.audio_tokens) || isSaid(ofCached.text_tokens);
  return {
    cached,
    cachedAudio: isSplit ? countOf(ofCached.audio_tokens) : unsplit.least,
    isCachedAudioKnown: isSplit || unsplit.isKnown,
    written,
    writtenLong,
    audio,
    parts: [cached, written, short, writtenLong, ...countsOf(details), ...countsOf(ofCached)],
    contradicts: isNoSplitOf(details, [input]) || isNoSplitOf(ofCached, [cached]) || !isWhole,
  };
}

/** A split names the short ones or all that are not long are short; one of nothing but zeros is none. */
function readWritten(details: Unread<InputDetails>) {
  const own = firstObject(details.cache_write_tokens_details);
  const anthropic = firstObject(details.cache_creation);
  const saidShort = own.ttl_30m_tokens ?? anthropic.ephemeral_5m_input_tokens;
  const short = countOf(saidShort);
  const writtenLong = countOf(own.ttl_12h_tokens ?? anthropic.ephemeral_1h_input_tokens);
  const split = short + writtenLong;
  const written = countOf(details.cache_write_tokens ?? split);
  const isWhole = !isSaid(saidShort) || split === 0 || split === written;
  return { written, short, writtenLong, isWhole };
}

export function readOutput(details: Unread<OutputDetails>, output: number): OutputParts {
  const reasoning = countOf(details.reasoning_tokens);
  const predicted = [
    countOf(details.accepted_prediction_tokens),
    countOf(details.rejected_prediction_tokens),
  ];
  return {
    reasoning,
    audio: countOf(details.audio_tokens),
    images: countOf(details.image_tokens),
    parts: [reasoning, ...predicted, ...countsOf(details)],
    contradicts: isNoSplitOf(details, [output, output - reasoning]) || sumOf(predicted) > output,
  };
}

/**
 * A split that names text has to be the whole: text costs otherwise than audio. One without text leaves it out, and is a
 * part of the whole; some servers send all zeros for a split that they do not make.
 */
function isNoSplitOf(split: Unread<Split>, wholes: readonly number[]): boolean {
  const sum = sumOf(countsOf(split));
  if (sum === 0) return false;
  return isSaid(split.text_tokens) ? !wholes.includes(sum) : !wholes.some((whole) => sum <= whole);
}

function countsOf(split: Unread<Split>): readonly number[] {
  const { text_tokens, audio_tokens, image_tokens, video_tokens } = split;
  return [text_tokens, audio_tokens, image_tokens, video_tokens].map(countOf);
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null;
}
