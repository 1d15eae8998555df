import type { ChatMessage, ToolCall } from "../../calls/port.ts";
import { isObject, type JsonObject, parseJson } from "../openai-wire/json.ts";

type Block = Readonly<Record<string, unknown>>;

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
}

/** System and developer messages stand apart from the conversation, wherever they were. */
export function systemOf(messages: readonly ChatMessage[]): readonly Block[] | undefined {
  const blocks = messages.filter(isSystem).flatMap(textBlocks);
  return blocks.length === 0 ? undefined : blocks;
}

/**
 * The conversation in turns of content blocks. What one side says in a row is one turn: results of tools come from
 * the user, all those of one answer at once. https://platform.claude.com/docs/en/build-with-claude/working-with-messages
 */
export function turnsOf(messages: readonly ChatMessage[]): readonly Turn[] {
  const turns: Turn[] = [];
  for (const message of messages.filter((each) => !isSystem(each))) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = blocksOf(message);
    const last = turns.at(-1);
    if (last?.role === role)
      turns[turns.length - 1] = { role, content: [...last.content, ...content] };
    else turns.push({ role, content });
  }
  return turns;
}

function isSystem({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}

function blocksOf(message: ChatMessage): readonly Block[] {
  if (message.role !== "tool")
    return [...textBlocks(message), ...(message.tool_calls ?? []).map(useOf)];
  const content = textBlocks(message);
  return [{ type: "tool_result", tool_use_id: message.tool_call_id, content }];
}

/** Empty texts are refused there, and say nothing. */
function textBlocks({ content }: ChatMessage): readonly Block[] {
  const texts = typeof content === "string" ? [content] : (content?.map(({ text }) => text) ?? []);
  return texts.filter((text) => text !== "").map((text) => ({ type: "text", text }));
}

function useOf({ id, function: fn }: ToolCall): Block {
  return { type: "tool_use", id, name: fn.name, input: inputOf(fn.arguments) };
}

/** Arguments are an object there, and JSON in text here; undefined for what is no object. */
export function inputOf(args: string): JsonObject | undefined {
  const input = args.trim() === "" ? {} : parseJson(args);
  return isObject(input) ? input : undefined;
}
