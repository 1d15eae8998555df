import { invalidRequest } from "./errors.ts";
import { isCount, isObject, isOneOf, type JsonObject, stringOr } from "./json.ts";
import { parseMessages, type SentMessage } from "./messages.ts";
import {
  CATALOGUES,
  type Catalogue,
  type ChatModel,
  chatModel,
  EFFORTS,
  type Effort,
  requestedModel,
} from "./models.ts";
import { parseToolChoice, parseTools, type Tool, type ToolChoice } from "./tools.ts";

export type ResponseFormat =
  | { readonly type: "text" }
  | { readonly type: "json_object" }
  | { readonly type: "json_schema"; readonly schema: JsonObject };

/** A chat request that has been read and found sound. */
export interface ChatRequest {
  readonly model: ChatModel;
  readonly messages: readonly SentMessage[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly includeObfuscation: boolean;
  /** OpenRouter's `usage: {include: true}`. */
  readonly asksCost: boolean;
  readonly maxTokens: number | null;
  readonly stop: readonly string[];
  readonly responseFormat: ResponseFormat;
  readonly tools: readonly Tool[];
  readonly toolChoice: ToolChoice;
  readonly effort: Effort | null;
  readonly serviceTier: string;
}

/** How one of those who speak OpenAI's protocol takes a request. */
export interface Dialect {
  readonly catalogue: Catalogue;
  readonly parameters: ReadonlySet<string>;
  /** Whether reasoning models take `max_tokens` as well. */
  readonly takesMaxTokens: boolean;
}

/** https://platform.openai.com/docs/api-reference/chat/create, without the retired `functions`. */
export const PARAMETERS: ReadonlySet<string> = new Set(
  `audio frequency_penalty logit_bias logprobs max_completion_tokens max_tokens messages metadata
   modalities model n parallel_tool_calls prediction presence_penalty prompt_cache_key
   prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop
   store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity
   web_search_options`.split(/\s+/),
);

const TIERS = ["auto", "default", "flex", "scale", "priority", "fast"] as const;

export const OPENAI_DIALECT: Dialect = {
  catalogue: CATALOGUES.openai,
  parameters: PARAMETERS,
  takesMaxTokens: false,
};

/** Turns a body into a request, or says what is wrong with it in OpenAI's words. */
export function parseChatRequest(body: JsonObject, dialect = OPENAI_DIALECT): ChatRequest {
  refuseUnknownParameters(body, dialect.parameters);
  const model = chatModel(requestedModel(body), dialect.catalogue);
  const tools = parseTools(body.tools);
  const stream = body.stream === true;
  return {
    model,
    messages: parseMessages(body.messages),
    stream,
    ...parseStreamOptions(body.stream_options, stream),
    asksCost: isObject(body.usage) && body.usage.include === true,
    maxTokens: parseMaxTokens(body, model, dialect),
    stop: parseStop(body.stop),
    responseFormat: parseResponseFormat(body.response_format),
    tools,
    toolChoice: parseToolChoice(body.tool_choice, tools),
    effort: parseEffort(body.reasoning_effort, model),
    serviceTier: parseServiceTier(body.service_tier),
  };
}

function refuseUnknownParameters(body: JsonObject, parameters: ReadonlySet<string>): void {
  const unknown = Object.keys(body).find((key) => !parameters.has(key));
  if (unknown !== undefined) {
    throw invalidRequest(`Unrecognized request argument supplied: ${unknown}`);
  }
  if (body.n !== undefined && body.n !== null && body.n !== 1) {
    throw invalidRequest("The simulated model gives one choice: leave out 'n'.", "n");
  }
}

function parseStreamOptions(options: unknown, stream: boolean) {
  if (options === undefined || options === null) {
    return { includeUsage: false, includeObfuscation: true };
  }
  if (!stream) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw invalidRequest(message, "stream_options");
  }
  if (!isObject(options)) throw wrongType("stream_options", "an object");
  return {
    includeUsage: options.include_usage === true,
    includeObfuscation: options.include_obfuscation !== false,
  };
}

function parseMaxTokens(
  body: JsonObject,
  model: ChatModel,
  { takesMaxTokens }: Dialect,
): number | null {
  const old = body.max_tokens ?? null;
  if (old !== null && model.effort !== null && !takesMaxTokens) {
    const message =
      "Unsupported parameter: 'max_tokens' is not supported with this model. " +
      "Use 'max_completion_tokens' instead.";
    throw invalidRequest(message, "max_tokens", "unsupported_parameter");
  }
  const limit = body.max_completion_tokens ?? old;
  if (limit === null || (isCount(limit) && limit > 0)) return limit;
  const param = limit === old ? "max_tokens" : "max_completion_tokens";
  throw invalidRequest(
    `Invalid '${param}': integer below minimum value. Expected a value >= 1, but got ${limit} instead.`,
    param,
    "integer_below_min_value",
  );
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop */
const MAX_STOP_SEQUENCES = 4;

function parseStop(stop: unknown): string[] {
  if (stop === undefined || stop === null) return [];
  const sequences: unknown[] = Array.isArray(stop) ? stop : [stop];
  const texts = sequences.filter((sequence) => typeof sequence === "string" && sequence !== "");
  if (texts.length < sequences.length || texts.length > MAX_STOP_SEQUENCES) {
    throw wrongType("stop", `a text or up to ${MAX_STOP_SEQUENCES} texts`);
  }
  return texts.map(String);
}

function parseResponseFormat(format: unknown): ResponseFormat {
  if (format === undefined || format === null) return { type: "text" };
  if (!isObject(format)) throw wrongType("response_format", "an object");
  if (format.type === "text" || format.type === "json_object") return { type: format.type };
  const named = format.json_schema;
  if (format.type !== "json_schema" || !isObject(named) || typeof named.name !== "string") {
    throw wrongType("response_format", "text, json_object, or json_schema with a name");
  }
  return { type: "json_schema", schema: isObject(named.schema) ? named.schema : {} };
}

function parseEffort(effort: unknown, model: ChatModel): Effort | null {
  if (effort === undefined || effort === null) return model.effort;
  if (model.effort === null) {
    throw invalidRequest(
      "Unrecognized request argument supplied: reasoning_effort",
      "reasoning_effort",
    );
  }
  if (isOneOf(EFFORTS, effort)) return effort;
  throw wrongType("reasoning_effort", EFFORTS.join(", "));
}

/** The tier that serves: `auto` is the project's own, which is `default`. */
function parseServiceTier(tier: unknown): string {
  const asked = stringOr(tier ?? "auto", "");
  if (!isOneOf(TIERS, asked)) throw wrongType("service_tier", TIERS.join(", "));
  if (asked === "fast") return "priority";
  return asked === "auto" ? "default" : asked;
}

function wrongType(param: string, expected: string) {
  return invalidRequest(`Invalid value for '${param}': expected ${expected}.`, param);
}
