import type { TokenClasses, Usage } from "../../core/tokens.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";
import {
  countOf,
  estimated,
  faultOf,
  firstObject,
  judged,
  numberOf,
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
}

type Wire = Unread<MessagesUsage>;

/** Samplings of the model that was asked; others are of further models, at other prices. */
const OWN_ITERATIONS = ["message", "compaction"];

/**
 * Each token in exactly one class: 21 input, 188 086 read from the cache and 456 written to it (356 of them for
 * 5 minutes) stand apart as they are; 503 output, 120 of them thinking, are 383 `output` and 120 `reasoning`.
 */
export function convertMessagesUsage(rawUsage: unknown): Usage {
  if (rawUsage === undefined || rawUsage === null) return estimated("usage_missing");
  if (!isObject(rawUsage)) return estimated("usage_malformed");
  const iterations = Array.isArray(rawUsage.iterations) ? rawUsage.iterations.filter(isObject) : [];
  if (iterations.length === 0) return convertOne(rawUsage);
  const own = iterations.filter(({ type }) => OWN_ITERATIONS.some((name) => name === type));
  const usage = sumOf(own.map(convertOne));
  return own.length === iterations.length ? usage : { ...usage, ...UNCLASSED };
}

const UNCLASSED = { status: "estimated", estimatedBecause: "usage_unclassed" } as const;

function convertOne(wire: Wire): Usage {
  const input = numberOf(wire.input_tokens);
  const output = numberOf(wire.output_tokens);
  const read = countOf(wire.cache_read_input_tokens);
  const split = firstObject(wire.cache_creation);
  const long = countOf(split.ephemeral_1h_input_tokens);
  const short = countOf(split.ephemeral_5m_input_tokens);
  const written = numberOf(wire.cache_creation_input_tokens ?? long + short);
  const fault = faultOf([input, output, read, written]);
  if (fault) return estimated(fault);
  const thinking = countOf(firstObject(wire.output_tokens_details).thinking_tokens);
  const wholes = { input, cacheRead: read, cacheWrite5m: written, output };
  const classes: TokenClasses = {
    ...wholes,
    cacheWrite5m: written - long,
    cacheWrite1h: long,
    output: output - thinking,
    reasoning: thinking,
  };
  const isSplit = isObject(wire.cache_creation);
  return judged(wholes, [long, short, thinking], classes, isSplit && short + long !== written);
}

/** The sum of usages; what is wrong with one of them is wrong with the sum. */
function sumOf(usages: readonly Usage[]): Usage {
  const classes: Record<string, number> = {};
  for (const usage of usages)
    for (const [name, count] of Object.entries(usage.classes))
      classes[name] = (classes[name] ?? 0) + count;
  const estimate = usages.find(({ status }) => status === "estimated");
  return { ...(estimate ?? { status: "exact" }), classes };
}

/**
 * The usage of a stream: the last `message_delta` counts everything so far, but leaves out what `message_start` has
 * said already. https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function mergeStreamedUsage(start: JsonObject, delta: JsonObject): JsonObject {
  const said = Object.entries(delta).filter(([, value]) => value !== null && value !== undefined);
  return { ...start, ...Object.fromEntries(said) };
}
