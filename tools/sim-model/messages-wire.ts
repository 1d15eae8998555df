import type { FinishReason } from "./completion.ts";
import { isObject } from "./json.ts";
import { parseMessagesRequest } from "./messages-request.ts";
import { DIRECTIVE_KEYS, messagesUsage } from "./messages-usage.ts";
import type { ChatWire, EventWriter, Reply, Told } from "./wire.ts";

/** Anthropic's messages. https://platform.claude.com/docs/en/api/messages */
export const MESSAGES_WIRE: ChatWire = {
  answerIdPrefix: "msg_",
  toolCallIdPrefix: "toolu_",
  directiveKeys: DIRECTIVE_KEYS,
  parse: parseMessagesRequest,
  body: (reply, told) => ({
    ...envelope(reply),
    content: contentOf(reply),
    ...stopOf(reply),
    usage: messagesUsage(told),
  }),
  events,
};

const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
};

function envelope({ id, model }: Reply) {
  return { id, type: "message", role: "assistant", model };
}

function stopOf({ completion }: Reply) {
  return { stop_reason: STOP_REASONS[completion.finishReason], stop_sequence: null };
}

function contentOf(reply: Reply) {
  const said = reply.completion.texts.join("");
  if (reply.completion.toolName !== null) return [{ ...emptyBlock(reply), input: parsed(said) }];
  return said === "" ? [] : [{ type: "text", text: said }];
}

function emptyBlock({ toolCallId, completion }: Reply) {
  if (completion.toolName === null) return { type: "text", text: "" };
  return { type: "tool_use", id: toolCallId, name: completion.toolName, input: {} };
}

/** Arguments that an output limit has cut off are no JSON; they come as nothing in a plain answer. */
function parsed(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** https://platform.claude.com/docs/en/build-with-claude/streaming */
function events(reply: Reply, told: Told): EventWriter {
  const usage = messagesUsage(told);
  const isTool = reply.completion.toolName !== null;
  const blank = { ...envelope(reply), content: [], stop_reason: null, stop_sequence: null };
  // What the answer is made of is not known when it begins.
  const begun = usage && { ...usage, output_tokens: 1, output_tokens_details: null };
  const deltaOf = (text: string) =>
    isTool ? { type: "input_json_delta", partial_json: text } : { type: "text_delta", text };
  return {
    opening: () =>
      event("message_start", { message: { ...blank, usage: begun } }) +
      event("content_block_start", { index: 0, content_block: emptyBlock(reply) }) +
      event("ping", {}),
    content: ({ text }) => event("content_block_delta", { index: 0, delta: deltaOf(text) }),
    finish: () => event("content_block_stop", { index: 0 }),
    ending: () =>
      event("message_delta", { delta: stopOf(reply), usage }) + event("message_stop", {}),
  };
}

function event(type: string, data: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}
