import type { ReportedUsage, UsageConverter } from "../calls/port.ts";
import type { Usage } from "../core/tokens.ts";
import { convertMessagesUsage } from "./anthropic/convert-usage.ts";
import { convertConverseUsage } from "./aws/convert-usage.ts";
import { convertAzureUsage } from "./azure/convert-usage.ts";
import { convertDeepSeekUsage } from "./deepseek/convert-usage.ts";
import { convertCompatibleUsage, convertUsageMetadata } from "./google/convert-usage.ts";
import { INTERACTION_FIELDS } from "./google/interactions.ts";
import { convertMistralUsage } from "./mistral/convert-usage.ts";
import { convertUsage as convertOpenAiUsage } from "./openai/convert-usage.ts";
import { isObject, type JsonObject } from "./openai-wire/json.ts";
import { reportedCostNanoUsd } from "./usage/reported-cost.ts";
import { serviceTierOf } from "./usage/service-tier.ts";
import { unwrapUsage } from "./usage/unwrap.ts";
import { convertXaiUsage } from "./xai/convert-usage.ts";

type Convert = (rawUsage: unknown) => Usage;

/** How a provider counts, by the protocol of the call; without a function it does not speak that protocol. */
interface Dialects {
  /** Chat completions, responses, embeddings: OpenAI's words, in the provider's meaning. */
  readonly openAi: Convert;
  readonly messages?: Convert;
  readonly usageMetadata?: Convert;
  readonly converse?: Convert;
}

const DIALECTS: ReadonlyMap<string, Dialects> = new Map<string, Dialects>([
  ["openai", { openAi: convertOpenAiUsage }],
  ["anthropic", { openAi: convertOpenAiUsage, messages: convertMessagesUsage }],
  [
    "google",
    {
      openAi: convertCompatibleUsage,
      messages: convertMessagesUsage,
      usageMetadata: convertUsageMetadata,
    },
  ],
  ["mistral", { openAi: convertMistralUsage }],
  ["deepseek", { openAi: convertDeepSeekUsage, messages: convertMessagesUsage }],
  ["xai", { openAi: convertXaiUsage, messages: convertMessagesUsage }],
  ["azure", { openAi: convertAzureUsage, messages: convertMessagesUsage }],
  [
    "aws",
    {
      openAi: convertOpenAiUsage,
      messages: convertMessagesUsage,
      converse: convertConverseUsage,
    },
  ],
  ["openrouter", { openAi: convertOpenAiUsage, messages: convertMessagesUsage }],
]);

/** One for every provider that calls can be tracked of, whether or not it can be called from here. */
export const USAGE_CONVERTERS: ReadonlyMap<string, UsageConverter> = new Map(
  [...DIALECTS].map(([provider, dialects]) => [provider, converterOf(dialects)]),
);

function converterOf(dialects: Dialects): UsageConverter {
  return (raw): ReportedUsage => {
    const { usage, around } = unwrapUsage(raw);
    const wire: JsonObject = isObject(usage) ? usage : {};
    return {
      usage: dialectOf(dialects, wire)(usage),
      rawUsage: usage,
      serviceTier: serviceTierOf([wire, ...around]),
      costNanoUsd: reportedCostNanoUsd(wire),
    };
  };
}

const USAGE_METADATA = [
  "promptTokenCount",
  "totalTokenCount",
  "prompt_token_count",
  "total_token_count",
  ...INTERACTION_FIELDS,
];

/** Told by the fields: what has none of the others' is OpenAI's, which says what is missing. */
function dialectOf(dialects: Dialects, wire: JsonObject): Convert {
  const { openAi, messages = openAi, usageMetadata = openAi, converse = openAi } = dialects;
  if (USAGE_METADATA.some((name) => wire[name] !== undefined)) return usageMetadata;
  if (wire.inputTokens !== undefined) return converse;
  return isMessages(wire) ? messages : openAi;
}

const MESSAGES_ONLY = ["cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation"];

/**
 * Messages and responses both have `input_tokens`. Responses add details; their total is not Anthropic's, but gateways add
 * one: the words for the cache, beside the input, are messages' alone.
 */
function isMessages(wire: JsonObject): boolean {
  const { input_tokens, total_tokens, input_tokens_details, input_token_details } = wire;
  if (input_tokens === undefined) return false;
  if (input_tokens_details !== undefined || input_token_details !== undefined) return false;
  return total_tokens === undefined || MESSAGES_ONLY.some((name) => wire[name] !== undefined);
}
