import type { Usage } from "../../core/tokens.ts";
import { isObject, listOf } from "../openai-wire/json.ts";
import { countOf, estimated, faultOf, judged, numberOf, type Unread } from "../usage/counts.ts";

/**
 * Converse, and the last event of ConverseStream. The three input counts stand beside each other.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html
 */
interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** All of them; models without a cache count input and output. */
  readonly totalTokens?: number;
  readonly cacheReadInputTokens?: number;
  readonly cacheWriteInputTokens?: number;
  /** What InvokeModel of Nova calls the two. https://docs.aws.amazon.com/nova/latest/userguide/using-invoke-api.html */
  readonly cacheReadInputTokenCount?: number;
  readonly cacheWriteInputTokenCount?: number;
  /** `cacheWriteInputTokens` by how long they are kept; left out, they are kept for 5 minutes. */
  readonly cacheDetails?: readonly { readonly ttl: "5m" | "1h"; readonly inputTokens: number }[];
}

/** 40 input, 2 000 read from the cache, 500 written to it (300 for an hour) stand apart as they are. */
export function convertConverseUsage(rawUsage: unknown): Usage {
  if (rawUsage === undefined || rawUsage === null) return estimated("usage_missing");
  const wire: Unread<TokenUsage> = isObject(rawUsage) ? rawUsage : {};
  const input = numberOf(wire.inputTokens);
  const output = numberOf(wire.outputTokens);
  const read = countOf(wire.cacheReadInputTokens ?? wire.cacheReadInputTokenCount);
  const written = countOf(wire.cacheWriteInputTokens ?? wire.cacheWriteInputTokenCount);
  const fault = faultOf([input, output, read, written]);
  if (fault) return estimated(fault);
  const total = wire.totalTokens ?? undefined;
  if (total !== undefined && total !== input + output + read + written && total !== input + output)
    return estimated("usage_inconsistent");
  const details = listOf(wire.cacheDetails).filter(isObject);
  const long = keptFor(details, "1h");
  const isOther = details.length > 0 && long + keptFor(details, "5m") !== written;
  const wholes = { input, cacheRead: read, cacheWrite5m: written, output };
  const classes = { ...wholes, cacheWrite5m: written - long, cacheWrite1h: long };
  return judged(wholes, [long], classes, isOther);
}

function keptFor(details: readonly Readonly<Record<string, unknown>>[], ttl: string): number {
  return details
    .filter((detail) => detail.ttl === ttl)
    .reduce((sum, { inputTokens }) => sum + numberOf(inputTokens), 0);
}
