import {
  compactClasses,
  type EstimateReason,
  type TokenClasses,
  type Usage,
} from "../../core/tokens.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";

/**
 * Chat completions; embeddings send the first and the last field only. Details are parts of the count above them.
 * https://platform.openai.com/docs/api-reference/chat/object
 */
interface ChatCompletionUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens?: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: InputDetails | null;
  readonly completion_tokens_details?: OutputDetails | null;
}

/**
 * Responses (`input_tokens_details`) and Realtime (`input_token_details`).
 * https://platform.openai.com/docs/api-reference/responses/object
 */
interface ResponseUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly total_tokens: number;
  readonly input_tokens_details?: InputDetails | null;
  readonly output_tokens_details?: OutputDetails | null;
  readonly input_token_details?: InputDetails | null;
  readonly output_token_details?: OutputDetails | null;
}

interface InputDetails {
  readonly cached_tokens?: number;
  /** Realtime alone says which of the cached tokens are audio; elsewhere cached tokens are text. */
  readonly cached_tokens_details?: { readonly audio_tokens?: number };
  /** Since GPT-5.6, billed above plain input. Kept for 30 minutes, or for 12 hours as far as the details say. */
  readonly cache_write_tokens?: number;
  readonly cache_write_tokens_details?: { readonly ttl_12h_tokens?: number };
  readonly audio_tokens?: number;
  /** Realtime bills images above text; elsewhere they cost the same. */
  readonly image_tokens?: number;
}

interface OutputDetails {
  readonly reasoning_tokens?: number;
  readonly audio_tokens?: number;
  readonly image_tokens?: number;
}

/** The names of the wire, with nothing believed yet of what stands under them. */
type Unread<T> = { readonly [K in keyof T]?: unknown };
type Wire = Unread<ChatCompletionUsage & ResponseUsage>;

/** The wire's numbers under one name each, not yet believed: NaN where something else than a number stands. */
interface Counts {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

interface Details {
  readonly cached: number;
  readonly cachedAudio: number;
  readonly written: number;
  readonly writtenLong: number;
  readonly audioIn: number;
  readonly reasoning: number;
  readonly audioOut: number;
}

/**
 * Each token in exactly one class: 2006 prompt tokens, 1920 of them cached, are 86 `input` and 1920 `cacheRead`;
 * 300 completion tokens, 128 of them reasoning, are 172 `output` and 128 `reasoning`. Predicted tokens, accepted or
 * not, are billed as output and stay in it; cache writes of 30 minutes are `cacheWrite5m`, those of 12 hours
 * `cacheWrite1h`.
 *
 * What cannot be is never shown as exact. When only the details are impossible, input and output are still what
 * the provider counted, and are kept whole in their main classes, `estimated`; when those two are, nothing can be
 * believed: the classes are empty, and the caller counts for itself.
 */
export function convertUsage(rawUsage: unknown): Usage {
  if (rawUsage === undefined || rawUsage === null) return estimated("usage_missing");
  const wire: Wire = isObject(rawUsage) ? rawUsage : {};
  const counts = readCounts(wire);
  const countsFault = faultOf(counts) ?? (addsUp(counts) ? undefined : "usage_inconsistent");
  if (countsFault) return estimated(countsFault);
  const details = readDetails(wire);
  const classes = disjoint(counts, details);
  const fault = faultOf(details) ?? (hasNegative(classes) ? "usage_inconsistent" : undefined);
  if (fault) return estimated(fault, { input: counts.input, output: counts.output });
  if (hasImages(wire)) return estimated("usage_unclassed", classes);
  return { classes: compactClasses(classes), status: "exact" };
}

function readCounts(wire: Wire): Counts {
  const total = wire.total_tokens;
  if (wire.prompt_tokens === undefined) {
    return counted(wire.input_tokens, wire.output_tokens, total);
  }
  const isEmbedding = wire.completion_tokens === undefined && total === wire.prompt_tokens;
  return counted(wire.prompt_tokens, isEmbedding ? 0 : wire.completion_tokens, total);
}

/** Some compatible servers leave the total out; where it stands it has to be the sum. */
function counted(input: unknown, output: unknown, total: unknown): Counts {
  const sum = numberOf(input) + numberOf(output);
  return { input: numberOf(input), output: numberOf(output), total: numberOf(total ?? sum) };
}

function readDetails(wire: Wire): Details {
  const into: Unread<InputDetails> = firstObject(
    wire.prompt_tokens_details,
    wire.input_tokens_details,
    wire.input_token_details,
  );
  const out: Unread<OutputDetails> = firstObject(
    wire.completion_tokens_details,
    wire.output_tokens_details,
    wire.output_token_details,
  );
  return {
    cached: numberOf(into.cached_tokens ?? 0),
    cachedAudio: numberOf(firstObject(into.cached_tokens_details).audio_tokens ?? 0),
    written: numberOf(into.cache_write_tokens ?? 0),
    writtenLong: numberOf(firstObject(into.cache_write_tokens_details).ttl_12h_tokens ?? 0),
    audioIn: numberOf(into.audio_tokens ?? 0),
    reasoning: numberOf(out.reasoning_tokens ?? 0),
    audioOut: numberOf(out.audio_tokens ?? 0),
  };
}

/** Images of Realtime and images made cost more than text, and have no class. */
function hasImages(wire: Wire): boolean {
  const into = firstObject(wire.input_token_details);
  const out = firstObject(
    wire.completion_tokens_details,
    wire.output_tokens_details,
    wire.output_token_details,
  );
  return [into.image_tokens, out.image_tokens].some((count) => numberOf(count ?? 0) !== 0);
}

function disjoint(counts: Counts, details: Details): TokenClasses {
  const { cached, cachedAudio, written, writtenLong, reasoning, audioOut } = details;
  const audioIn = details.audioIn - cachedAudio;
  return {
    input: counts.input - cached - written - audioIn,
    cacheRead: cached - cachedAudio,
    cacheWrite5m: written - writtenLong,
    cacheWrite1h: writtenLong,
    audioIn,
    audioCacheRead: cachedAudio,
    output: counts.output - reasoning - audioOut,
    reasoning,
    audioOut,
  };
}

function addsUp({ input, output, total }: Counts): boolean {
  return total === input + output;
}

function faultOf(numbers: Counts | Details): EstimateReason | undefined {
  const values: number[] = Object.values(numbers);
  if (!values.every(Number.isSafeInteger)) return "usage_malformed";
  return values.some((value) => value < 0) ? "usage_negative" : undefined;
}

function hasNegative(classes: TokenClasses): boolean {
  return Object.values(classes).some((count) => count < 0);
}

function estimated(estimatedBecause: EstimateReason, classes: TokenClasses = {}): Usage {
  return { classes: compactClasses(classes), status: "estimated", estimatedBecause };
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : Number.NaN;
}

function firstObject(...values: readonly unknown[]): JsonObject {
  return values.find(isObject) ?? {};
}
