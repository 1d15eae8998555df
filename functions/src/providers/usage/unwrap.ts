import { INTERACTION_FIELDS } from "../google/interactions.ts";
import { isObject, type JsonObject } from "../openai-wire/json.ts";

/**
 * Where the providers put their usage: in an answer, in the last event of a stream, in the answer within that event, in a
 * line of a batch's results.
 */
const HOLDERS = [
  "usage",
  "usageMetadata",
  "usage_metadata",
  "response",
  "message",
  "interaction",
  "metadata",
  "body",
  "result",
] as const;
const MAX_DEPTH = 3;

/** Fields of which each usage object has one. */
const OWN_FIELDS = [
  "prompt_tokens",
  "input_tokens",
  "output_tokens",
  "inputTokens",
  "promptTokenCount",
  "totalTokenCount",
  "prompt_token_count",
  "total_token_count",
  ...INTERACTION_FIELDS,
] as const;

/**
 * The usage object, alone or within what a provider sent, and the objects around it, outermost last: an answer says
 * beside its usage in which service tier it was made.
 */
export function unwrapUsage(raw: unknown): {
  readonly usage: unknown;
  readonly around: readonly JsonObject[];
} {
  let usage = raw;
  const around: JsonObject[] = [];
  while (isObject(usage) && around.length < MAX_DEPTH) {
    const holder = usage;
    if (OWN_FIELDS.some((name) => holder[name] !== undefined)) break;
    const name = HOLDERS.find((each) => isObject(holder[each]));
    if (name === undefined) break;
    around.unshift(holder);
    usage = holder[name];
  }
  return { usage, around };
}
