import { inputTokens, outputTokens, type TokenClasses, type Usage } from "../../core/tokens.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";
import { isBilledByUse } from "../usage/billed-by-use.ts";
import {
  countOf,
  estimated,
  faultOf,
  firstObject,
  judged,
  numberOf,
  sumOf,
  type Unread,
} from "../usage/counts.ts";

/**
 * Messages. The three input counts stand beside each other; none is a part of another.
 * https://platform.claude.com/docs/en/api/messages
 */
interface MessagesUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_creation_input_tokens?: number | null;
  readonly cache_read_input_tokens?: number | null;
  /** `cache_creation_input_tokens` by how long they are kept; left out, they are kept for 5 minutes. */
  readonly cache_creation?: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  } | null;
  /** Thinking is a part of `output_tokens`. */
  readonly output_tokens_details?: { readonly thinking_tokens?: number } | null;
  /** One object for each sampling, when the API made several of one request; all of them are billed. */
  readonly iterations?: readonly (MessagesUsage & { readonly type: string })[] | null;
  /** Not Anthropic's own; gateways add it. */
  readonly total_tokens?: number;
}

/**
 * Each token in exactly one class: 21 input, 188 086 read from the cache and 456 written to it (356 of them for
 * 5 minutes) stand apart as they are; 503 output, 120 of them thinking, are 383 `output` and 120 `reasoning`.
 */
export function convertMessagesUsage(rawUsage: unknown): Usage {
  if (rawUsage === undefined || rawUsage === null) return estimated("usage_missing");
  if (!isObject(rawUsage)) return estimated("usage_malformed");
  const usage = convertSamplings(convertOne(rawUsage), rawUsage.iterations ?? []);
  const isPriced = usage.status === "estimated" || !isBilledByUse(rawUsage);
  return isPriced ? usage : estimated("usage_unclassed", usage.classes);
}

/** Samplings of the model that was asked; others are of further models, at other prices. */
const OWN_ITERATIONS = ["message", "compaction"];

/**
 * All samplings are billed. The usage around them leaves compaction and other models out: its output is that of all
 * messages, its input that of all or, in a loop of tools or with an advisor, of one of them, for each sampling reads
 * the same prompt again. Where it is neither, one of the two is wrong, and the whole is kept.
 * https://platform.claude.com/docs/en/build-with-claude/compaction
 */
function convertSamplings(whole: Usage, iterations: unknown): Usage {
  if (!Array.isArray(iterations) || !iterations.every(isObject))
    return estimated("usage_malformed", whole.classes);
  if (iterations.length === 0) return whole;
  const own = iterations.filter(({ type }) => OWN_ITERATIONS.some((name) => name === type));
  const samplings = own.map(convertOne);
  const wrong = [whole, ...samplings].find(({ status }) => status === "estimated");
  if (wrong?.estimatedBecause) return estimated(wrong.estimatedBecause, whole.classes);
  const usage = judgedSum(samplings);
  if (usage.status === "estimated") return { ...usage, classes: whole.classes };
  if (own.length < iterations.length) return estimated("usage_unclassed", usage.classes);
  const messages = samplings.filter((_, index) => own[index]?.type === "message");
  return agrees(whole, messages) ? usage : estimated("usage_inconsistent", whole.classes);
}

function judgedSum(samplings: readonly Usage[]): Usage {
  const sums: Record<string, number> = {};
  for (const { classes } of samplings)
    for (const [name, count] of Object.entries(classes)) sums[name] = (sums[name] ?? 0) + count;
  return judged(sums, [], sums);
}

function agrees(whole: Usage, messages: readonly Usage[]): boolean {
  if (messages.length === 0) return true;
  const inputs = messages.map(({ classes }) => inputTokens(classes));
  const output = sumOf(messages.map(({ classes }) => outputTokens(classes)));
  const input = inputTokens(whole.classes);
  return (
    output === outputTokens(whole.classes) && (input === sumOf(inputs) || inputs.includes(input))
  );
}

/** What one sampling used, or a request that had one. */
function convertOne(wire: Unread<MessagesUsage>): Usage {
  const input = numberOf(wire.input_tokens);
  const output = numberOf(wire.output_tokens);
  const read = countOf(wire.cache_read_input_tokens);
  const split = firstObject(wire.cache_creation);
  const long = countOf(split.ephemeral_1h_input_tokens);
  const short = countOf(split.ephemeral_5m_input_tokens);
  const written = numberOf(wire.cache_creation_input_tokens ?? long + short);
  const fault = faultOf([input, output, read, written]);
  if (fault) return estimated(fault);
  if (!isTotal(wire.total_tokens, input + output, read + written))
    return estimated("usage_inconsistent");
  const thinking = countOf(firstObject(wire.output_tokens_details).thinking_tokens);
  const wholes = { input, cacheRead: read, cacheWrite5m: written, output };
  const classes: TokenClasses = {
    ...wholes,
    cacheWrite5m: written - long,
    cacheWrite1h: long,
    output: output - thinking,
    reasoning: thinking,
  };
  const isSplit = short + long !== 0;
  return judged(wholes, [long, short, thinking], classes, isSplit && short + long !== written);
}

/** Anthropic says none; who adds one adds up input and output, with the cache or without. */
function isTotal(total: unknown, tokens: number, cached: number): boolean {
  return total === undefined || total === null || total === tokens || total === tokens + cached;
}

/**
 * The usage of a stream: the last `message_delta` counts everything so far, but leaves out what `message_start` has
 * said already. Writes that it counts without a split are split as at the start only if they are still as many; more of them
 * are of 5 minutes if all were, and how many are of an hour is not known if some were.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function mergeStreamedUsage(start: JsonObject, delta: JsonObject): JsonObject {
  const said = Object.entries(delta).filter(([, value]) => value !== null && value !== undefined);
  const merged: JsonObject = { ...start, ...Object.fromEntries(said) };
  return isOutgrown(start, merged) ? { ...merged, cache_creation: null } : merged;
}

/** Whether `message_start` split fewer writes than there are; with some of an hour, the contradiction has to show. */
function isOutgrown(start: Unread<MessagesUsage>, merged: Unread<MessagesUsage>): boolean {
  const { cache_creation: split, cache_creation_input_tokens: written } = start;
  return (
    isObject(split) &&
    merged.cache_creation === split &&
    merged.cache_creation_input_tokens !== written &&
    countOf(split.ephemeral_1h_input_tokens) === 0
  );
}
