import { invalidRequest } from "./errors.ts";
import { isObject, type JsonObject } from "./json.ts";
import type { SentMessage } from "./messages.ts";

/**
 * Anthropic's messages as the model reads them, in the same form as OpenAI's: the same talk has the same answer and
 * the same count over either protocol. A turn of the user's that brings tools' results is one message for each, and
 * one for what the user adds.
 */
export function parseClaudeMessages(system: unknown, messages: unknown): SentMessage[] {
  if (!Array.isArray(messages)) throw wrong("messages", "Field required");
  if (messages.length === 0) throw wrong("messages", "at least one message is required");
  const said = system === undefined ? [] : textsOf(system, "system");
  const first = said.map((text) => spoken("system", [text], []));
  return [
    ...first,
    ...messages.flatMap((message, index) => parseTurn(message, `messages.${index}`)),
  ];
}

function parseTurn(message: unknown, param: string): SentMessage[] {
  const role = isObject(message) ? message.role : undefined;
  if (!isObject(message) || (role !== "user" && role !== "assistant")) {
    throw wrong(`${param}.role`, "Input should be 'user' or 'assistant'");
  }
  const { content } = message;
  if (typeof content === "string") return [spoken(role, textsOf(content, `${param}.content`), [])];
  if (!Array.isArray(content) || content.length === 0 || !content.every(isObject)) {
    throw wrong(`${param}.content`, "Input should be a valid string or a list of blocks");
  }
  const texts = textsOf(content.filter(isText), `${param}.content`);
  if (role === "assistant") return [spoken(role, texts, content.flatMap(usedStrings))];
  const results = content.filter(({ type }) => type === "tool_result");
  const answers = results.map((result, index) => toolAnswer(result, `${param}.content.${index}`));
  return texts.length > 0 ? [...answers, spoken(role, texts, [])] : answers;
}

function spoken(
  role: SentMessage["role"],
  texts: readonly string[],
  toolStrings: readonly string[],
): SentMessage {
  return { role, name: null, toolStrings, texts, imageCount: 0 };
}

function toolAnswer({ tool_use_id, content }: JsonObject, param: string): SentMessage {
  if (typeof tool_use_id !== "string") throw wrong(`${param}.tool_use_id`, "Field required");
  const texts = content === undefined ? [] : textsOf(content, `${param}.content`);
  return spoken("tool", texts, [tool_use_id]);
}

function usedStrings({ type, id, name, input }: JsonObject): string[] {
  if (type !== "tool_use") return [];
  return [String(id), "function", String(name), JSON.stringify(input)];
}

/** A text, or text blocks; none of them empty. */
function textsOf(content: unknown, param: string): string[] {
  const blocks: unknown[] = Array.isArray(content) ? content : [{ type: "text", text: content }];
  return blocks.map((block) => {
    if (!isObject(block) || !isText(block) || typeof block.text !== "string") {
      throw wrong(param, "Input should be a valid string or a list of text blocks");
    }
    if (block.text !== "") return block.text;
    throw wrong(param, "text content blocks must be non-empty");
  });
}

function isText({ type }: JsonObject): boolean {
  return type === "text";
}

function wrong(param: string, problem: string) {
  return invalidRequest(`${param}: ${problem}`, param);
}
