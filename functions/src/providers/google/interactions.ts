import { isObject, type JsonObject } from "../openai-wire/json.ts";
import type { Unread } from "../usage/counts.ts";

/** Words of an interaction's usage of which each has one, in both spellings. */
export const INTERACTION_FIELDS = [
  "total_input_tokens",
  "total_output_tokens",
  "totalInputTokens",
  "totalOutputTokens",
] as const;

interface ModalityTokens {
  /** "text", "audio" */
  readonly modality: string;
  readonly tokens?: number;
}

/**
 * The usage of the Interactions API, in camelCase. Its numbers stand to each other as `UsageMetadata`'s do: the cache within the
 * input, tools and thoughts beside. https://ai.google.dev/api/interactions-api
 */
interface InteractionUsage {
  readonly totalInputTokens?: number;
  readonly totalCachedTokens?: number;
  readonly totalToolUseTokens?: number;
  readonly totalOutputTokens?: number;
  readonly totalThoughtTokens?: number;
  readonly totalTokens?: number;
  readonly inputTokensByModality?: readonly ModalityTokens[];
  readonly cachedTokensByModality?: readonly ModalityTokens[];
  readonly toolUseTokensByModality?: readonly ModalityTokens[];
  readonly outputTokensByModality?: readonly ModalityTokens[];
}

/** An interaction's usage in the words of `UsageMetadata`; any other stays as it is. */
export function inMetadataWords(wire: JsonObject): JsonObject {
  if (!INTERACTION_FIELDS.some((name) => wire[name] !== undefined)) return wire;
  const usage: Unread<InteractionUsage> = wire;
  return {
    ...wire,
    promptTokenCount: usage.totalInputTokens,
    cachedContentTokenCount: usage.totalCachedTokens,
    toolUsePromptTokenCount: usage.totalToolUseTokens,
    candidatesTokenCount: usage.totalOutputTokens,
    thoughtsTokenCount: usage.totalThoughtTokens,
    totalTokenCount: usage.totalTokens,
    promptTokensDetails: inModalityCounts(usage.inputTokensByModality),
    cacheTokensDetails: inModalityCounts(usage.cachedTokensByModality),
    toolUsePromptTokensDetails: inModalityCounts(usage.toolUseTokensByModality),
    candidatesTokensDetails: inModalityCounts(usage.outputTokensByModality),
  };
}

function inModalityCounts(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  return list.map((each) => (isObject(each) ? inModalityCount(each) : each));
}

function inModalityCount({ modality, tokens }: Unread<ModalityTokens>): JsonObject {
  const name = typeof modality === "string" ? modality.toUpperCase() : modality;
  return { modality: name, tokenCount: tokens };
}
