import type { TokenClasses, Usage } from "../../core/tokens.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";
import { isBilledByUse } from "../usage/billed-by-use.ts";
import {
  countOf,
  estimated,
  faultOf,
  firstObject,
  judged,
  numberOf,
  type Unread,
} from "../usage/counts.ts";
import {
  type InputDetails,
  type InputParts,
  type OutputDetails,
  type OutputParts,
  readInput,
  readOutput,
} from "./usage-details.ts";

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
  /** Passed on by OpenRouter for Anthropic's models. */
  readonly cache_creation?: InputDetails["cache_creation"] | null;
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

type Wire = Unread<ChatCompletionUsage & ResponseUsage>;

/** The wire's numbers under one name each, not yet believed. */
interface Counts {
  readonly input: number;
  readonly output: number;
  readonly total: number;
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
  const wire: JsonObject = isObject(rawUsage) ? rawUsage : {};
  const counts = readCounts(wire);
  const fault =
    faultOf(Object.values(counts)) ?? (addsUp(counts) ? undefined : "usage_inconsistent");
  if (fault) return estimated(fault);
  const into = readInput(inputDetails(wire), counts.input);
  const out = readOutput(outputDetails(wire), counts.output);
  const wholes = { input: counts.input, output: counts.output };
  const contradicts = into.contradicts || out.contradicts;
  const parts = [...into.parts, ...out.parts];
  const usage = judged(wholes, parts, disjoint(counts, into, out), contradicts);
  if (usage.status === "estimated") return usage;
  if (out.images > 0 || hasImagesShown(wire) || isBilledByUse(wire))
    return estimated("usage_unclassed", usage.classes);
  return into.isCachedAudioKnown ? usage : estimated("usage_unsplit", usage.classes);
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

function addsUp({ input, output, total }: Counts): boolean {
  return total === input + output;
}

function inputDetails(wire: Wire): Unread<InputDetails> {
  const details = firstObject(
    wire.prompt_tokens_details,
    wire.input_tokens_details,
    wire.input_token_details,
  );
  return { cache_creation: wire.cache_creation, ...details };
}

function outputDetails(wire: Wire): Unread<OutputDetails> {
  return firstObject(
    wire.completion_tokens_details,
    wire.output_tokens_details,
    wire.output_token_details,
  );
}

/** Images that Realtime is shown cost more than text and have no class, as images that are made. */
function hasImagesShown(wire: Wire): boolean {
  const { image_tokens }: Unread<InputDetails> = firstObject(wire.input_token_details);
  return countOf(image_tokens) > 0;
}

function disjoint(counts: Counts, into: InputParts, out: OutputParts): TokenClasses {
  const { cached, cachedAudio, written, writtenLong } = into;
  const audioIn = into.audio - cachedAudio;
  return {
    input: counts.input - cached - written - audioIn,
    cacheRead: cached - cachedAudio,
    cacheWrite5m: written - writtenLong,
    cacheWrite1h: writtenLong,
    audioIn,
    audioCacheRead: cachedAudio,
    output: counts.output - out.reasoning - out.audio,
    reasoning: out.reasoning,
    audioOut: out.audio,
  };
}
