import type { ChatAnswer, ToolCall, ToolCallDelta } from "../../calls/port.ts";
import { serviceTierOf } from "../usage/service-tier.ts";
import { isObject, type JsonObject, listOf, shortText } from "./json.ts";

/** Text and tool arguments of one answer, characters: ten times what the longest models write. */
const MAX_ANSWER_LENGTH = 10 * 1024 * 1024;
/** OpenAI takes at most 128 tools, and no model calls more at once. */
const MAX_TOOL_CALLS = 128;
const MAX_NAME_LENGTH = 128;

interface ToolCallParts {
  id: string;
  name: string;
  args: string;
}

/** Where an answer stands within `choices[0]`. */
type Part = "delta" | "message";

/** What one piece of an answer adds. */
export interface Delta {
  readonly text: string;
  readonly toolCalls: readonly ToolCallDelta[];
}

/**
 * Puts an answer together, from the chunks of a stream or from a whole body. Whatever has an unexpected type is
 * passed over: a provider may add fields, and a missing one shows in the answer as null.
 */
export class AnswerBuilder {
  #text = "";
  #argsLength = 0;
  readonly #toolCalls = new Map<number, ToolCallParts>();
  #finishReason: string | null = null;
  #modelAnswered: string | null = null;
  #rawUsage: unknown;
  #isUsagePartial = false;
  #providerRequestId: string | null;
  #serviceTier: string | undefined;

  constructor(providerRequestId: string | null) {
    this.#providerRequestId = providerRequestId;
  }

  /** A `chat.completion.chunk`: `choices[0].delta`, or no choices and the usage. */
  addChunk(chunk: JsonObject): Delta {
    return this.#add(chunk, "delta");
  }

  /** A whole `chat.completion`: `choices[0].message`. */
  addCompletion(completion: JsonObject): Delta {
    return this.#add(completion, "message");
  }

  get isTooLong(): boolean {
    return this.#text.length + this.#argsLength > MAX_ANSWER_LENGTH;
  }

  get isFinished(): boolean {
    return this.#finishReason !== null;
  }

  get hasUsage(): boolean {
    return this.#rawUsage !== undefined && !this.#isUsagePartial;
  }

  snapshot(): ChatAnswer {
    return {
      text: this.#text,
      toolCalls: [...this.#toolCalls].sort(([a], [b]) => a - b).map(([, parts]) => whole(parts)),
      finishReason: this.#finishReason,
      modelAnswered: this.#modelAnswered,
      providerRequestId: this.#providerRequestId,
      rawUsage: this.#rawUsage,
      ...(this.#isUsagePartial ? { isUsagePartial: true } : {}),
      ...(this.#serviceTier === undefined ? {} : { serviceTier: this.#serviceTier }),
    };
  }

  #add(source: JsonObject, part: Part): Delta {
    this.#modelAnswered ??= shortText(source.model, MAX_NAME_LENGTH);
    this.#providerRequestId ??= shortText(source.id, MAX_NAME_LENGTH);
    if (typeof source.service_tier === "string") this.#serviceTier = serviceTierOf([source]);
    this.#addUsage(source);
    const choice = listOf(source.choices)[0];
    if (!isObject(choice)) return NOTHING;
    this.#finishReason = shortText(choice.finish_reason, MAX_NAME_LENGTH) ?? this.#finishReason;
    const content = choice[part];
    if (!isObject(content)) return NOTHING;
    return { text: this.#addText(content), toolCalls: this.#addToolCalls(content, part) };
  }

  /** `usage_so_far` is the word of our translators for one that is not yet whole. */
  #addUsage({ usage = null, usage_so_far = null }: JsonObject): void {
    if (usage !== null) {
      this.#rawUsage = usage;
      this.#isUsagePartial = false;
    } else if (usage_so_far !== null && !this.hasUsage) {
      this.#rawUsage = usage_so_far;
      this.#isUsagePartial = true;
    }
  }

  /** A refusal stands in a field of its own and is the answer's text all the same. */
  #addText({ content, refusal }: JsonObject): string {
    const text = textOf(content) + textOf(refusal);
    this.#text += text;
    return text;
  }

  /** In a whole message their place is their index. */
  #addToolCalls(content: JsonObject, part: Part): readonly ToolCallDelta[] {
    if (!Array.isArray(content.tool_calls)) return [];
    const calls = content.tool_calls.filter(isObject);
    return calls.flatMap((call, place) => {
      const delta = toToolCallDelta(call, part === "delta" ? indexOf(call, place) : place);
      return this.#mergeToolCall(delta) ? [delta] : [];
    });
  }

  /** Pieces that name the same index are one call: id and name come whole, the arguments in pieces. */
  #mergeToolCall({ index, id, name, arguments: args = "" }: ToolCallDelta): boolean {
    const known = this.#toolCalls.get(index);
    if (!known && this.#toolCalls.size >= MAX_TOOL_CALLS) return false;
    const parts = known ?? { id: "", name: "", args: "" };
    parts.id = id ?? parts.id;
    parts.name = name ?? parts.name;
    parts.args += args;
    this.#argsLength += args.length;
    this.#toolCalls.set(index, parts);
    return true;
  }
}

const NOTHING: Delta = { text: "", toolCalls: [] };

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function indexOf({ index }: JsonObject, place: number): number {
  return Number.isSafeInteger(index) ? Number(index) : place;
}

function toToolCallDelta(call: JsonObject, index: number): ToolCallDelta {
  const fn = isObject(call.function) ? call.function : {};
  const id = shortText(call.id, MAX_NAME_LENGTH);
  const name = shortText(fn.name, MAX_NAME_LENGTH);
  return {
    index,
    ...(id === null ? undefined : { id }),
    ...(name === null ? undefined : { name }),
    ...(typeof fn.arguments === "string" ? { arguments: fn.arguments } : undefined),
  };
}

function whole({ id, name, args }: ToolCallParts): ToolCall {
  return { id, type: "function", function: { name, arguments: args } };
}
