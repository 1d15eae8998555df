import { isObject, type JsonObject } from "../openai-wire/json.ts";
import type { Translate } from "../openai-wire/stream-reader.ts";
import { serviceTierOf } from "../usage/service-tier.ts";
import { mergeStreamedUsage } from "./convert-usage.ts";

/** Why an answer ended, in OpenAI's words. https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons */
const FINISH_REASONS: ReadonlyMap<unknown, string> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool_calls"],
  ["refusal", "content_filter"],
]);

/** A whole message as a `chat.completion`; null for what is none. Thinking is no part of the answer. */
export function completionOf(message: JsonObject): JsonObject | null {
  if (!Array.isArray(message.content)) return null;
  const blocks = message.content.filter(isObject);
  const texts = blocks.filter(({ type }) => type === "text").map(({ text }) => text);
  const content = texts.filter((text) => typeof text === "string").join("");
  const tool_calls = blocks.filter(isUse).map(({ id, name, input }) => ({
    id,
    function: { name, arguments: JSON.stringify(input ?? {}) },
  }));
  return {
    id: message.id,
    model: message.model,
    usage: message.usage,
    service_tier: tierOf(message.usage),
    choices: [
      { message: { content, tool_calls }, finish_reason: finishReasonOf(message.stop_reason) },
    ],
  };
}

/**
 * Events of one stream as `chat.completion.chunk`s. The usage is said twice: `message_start` counts the input and
 * holds no more than a beginning of the output, `message_delta` counts all. Until that one has counted the output, what
 * was said is `usage_so_far`.
 * https://platform.claude.com/docs/en/build-with-claude/streaming
 */
export function messagesTranslator(): Translate {
  let usage: JsonObject = {};
  /** Of the tool calls in this answer, the one that is being written; its place in content is another. */
  let call = -1;
  let hasArguments = true;

  return (event) => {
    switch (event.type) {
      case "message_start": {
        const message = isObject(event.message) ? event.message : {};
        usage = isObject(message.usage) ? message.usage : {};
        return {
          id: message.id,
          model: message.model,
          usage_so_far: message.usage,
          service_tier: tierOf(message.usage),
        };
      }
      case "content_block_start":
        return begin(isObject(event.content_block) ? event.content_block : {});
      case "content_block_delta":
        return go(isObject(event.delta) ? event.delta : {});
      case "content_block_stop":
        return hasArguments ? undefined : said("{}");
      case "message_delta":
        return end(event);
      case "message_stop":
        return "complete";
      default:
        return undefined;
    }
  };

  function begin(block: JsonObject): JsonObject | undefined {
    if (!isUse(block)) return textChunk(block.text);
    call += 1;
    hasArguments = false;
    const fn = { name: block.name, arguments: "" };
    return chunk({ tool_calls: [{ index: call, id: block.id, function: fn }] });
  }

  function go({ type, text, partial_json }: JsonObject): JsonObject | undefined {
    if (type === "text_delta") return textChunk(text);
    const isSaid = type === "input_json_delta" && typeof partial_json === "string";
    return isSaid && partial_json !== "" ? said(partial_json) : undefined;
  }

  function said(args: string): JsonObject {
    hasArguments = true;
    return chunk({ tool_calls: [{ index: call, function: { arguments: args } }] });
  }

  function end(event: JsonObject): JsonObject {
    const { stop_reason } = isObject(event.delta) ? event.delta : {};
    const choices = [{ delta: {}, finish_reason: finishReasonOf(stop_reason) }];
    if (!isObject(event.usage)) return { choices };
    const merged = mergeStreamedUsage(usage, event.usage);
    const isWhole = typeof event.usage.output_tokens === "number";
    return { [isWhole ? "usage" : "usage_so_far"]: merged, choices };
  }
}

/** Messages say the tier, the speed and the place of their inference in the usage. */
function tierOf(usage: unknown): string | undefined {
  return isObject(usage) ? serviceTierOf([usage]) : undefined;
}

function isUse({ type }: JsonObject): boolean {
  return type === "tool_use";
}

function textChunk(text: unknown): JsonObject | undefined {
  return typeof text === "string" && text !== "" ? chunk({ content: text }) : undefined;
}

function chunk(delta: JsonObject): JsonObject {
  return { choices: [{ delta }] };
}

/** A reason that is not known here is passed on as it stands. */
function finishReasonOf(reason: unknown): unknown {
  return FINISH_REASONS.get(reason) ?? reason;
}
