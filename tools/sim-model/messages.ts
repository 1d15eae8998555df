import { invalidRequest } from "./errors.ts";
import { isObject, isOneOf, type JsonObject } from "./json.ts";

const ROLES = ["system", "assistant", "user", "tool", "developer"] as const;

/** A message as the model reads it. */
export interface SentMessage {
  readonly role: (typeof ROLES)[number];
  readonly name: string | null;
  readonly texts: readonly string[];
  /** What earlier tool calls put before the model: their ids, names and arguments. */
  readonly toolStrings: readonly string[];
  readonly imageCount: number;
}

export function parseMessages(messages: unknown): SentMessage[] {
  if (messages === undefined) {
    const message = "Missing required parameter: 'messages'.";
    throw invalidRequest(message, "messages", "missing_required_parameter");
  }
  if (!Array.isArray(messages)) throw wrong("messages", "an array of objects", "invalid_type");
  if (messages.length === 0) throw wrong("messages", "at least one message", "empty_array");
  return messages.map((message, index) => parseMessage(message, `messages[${index}]`));
}

/** The text that directives are read from, and that the answer is about. */
export function lastUserText(messages: readonly SentMessage[]): string {
  return messages.findLast((message) => message.role === "user")?.texts.join("\n") ?? "";
}

/** Whether tools have answered since the user spoke, so that it is the model's turn to talk. */
export function toolsHaveAnswered(messages: readonly SentMessage[]): boolean {
  const lastUser = messages.findLastIndex((message) => message.role === "user");
  return messages.slice(lastUser + 1).some((message) => message.role === "tool");
}

function parseMessage(message: unknown, param: string): SentMessage {
  if (!isObject(message)) throw wrong(param, "an object", "invalid_type");
  const { role, name } = message;
  if (!isOneOf(ROLES, role)) throw wrong(`${param}.role`, ROLES.join(", "), "invalid_value");
  if (name !== undefined && typeof name !== "string") throw wrong(`${param}.name`, "a string");
  const toolStrings = parseToolStrings(message, role, param);
  const mayBeEmpty = role === "assistant" && toolStrings.length > 0;
  const content = parseContent(message.content, `${param}.content`, mayBeEmpty);
  return { role, name: name ?? null, toolStrings, ...content };
}

function parseContent(content: unknown, param: string, mayBeEmpty: boolean) {
  if (typeof content === "string") return { texts: [content], imageCount: 0 };
  if (Array.isArray(content)) return parseParts(content, param);
  if ((content === null || content === undefined) && mayBeEmpty)
    return { texts: [], imageCount: 0 };
  throw wrong(param, "a string or an array of parts", "invalid_type");
}

function parseParts(parts: readonly unknown[], param: string) {
  const texts: string[] = [];
  let imageCount = 0;
  for (const [index, part] of parts.entries()) {
    const text = partText(part);
    if (text !== null) texts.push(text);
    else if (isObject(part) && part.type === "image_url") imageCount += 1;
    else throw wrong(`${param}[${index}]`, "a text or an image_url (for audio say audioIn=)");
  }
  return { texts, imageCount };
}

function partText(part: unknown): string | null {
  if (!isObject(part)) return null;
  if (part.type === "text" && typeof part.text === "string") return part.text;
  if (part.type === "refusal" && typeof part.refusal === "string") return part.refusal;
  return null;
}

/** Every string of a tool call counts, as every value of a message does. */
function parseToolStrings(message: JsonObject, role: string, param: string): string[] {
  if (role === "tool") {
    if (typeof message.tool_call_id === "string") return [message.tool_call_id];
    throw wrong(`${param}.tool_call_id`, "a string", "missing_required_parameter");
  }
  if (role !== "assistant" || message.tool_calls === undefined) return [];
  if (!Array.isArray(message.tool_calls)) throw wrong(`${param}.tool_calls`, "an array");
  return message.tool_calls.flatMap((call, index) =>
    stringsOf(call, `${param}.tool_calls[${index}]`),
  );
}

function stringsOf(call: unknown, param: string): string[] {
  const called = isObject(call) ? call.function : undefined;
  if (!isObject(call) || !isObject(called)) throw wrong(param, "a call of a function");
  const strings = [call.id, call.type, called.name, called.arguments];
  return strings.map((text) => {
    if (typeof text === "string") return text;
    throw wrong(param, "an id, a type, a name and arguments, all strings");
  });
}

function wrong(param: string, expected: string, code = "invalid_value") {
  return invalidRequest(`Invalid value for '${param}': expected ${expected}.`, param, code);
}
