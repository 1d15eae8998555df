import { isObject, type JsonObject, stringOr } from "./json.ts";
import type { SentMessage } from "./messages.ts";
import { countTokens, type Encoding } from "./tokens.ts";
import type { Tool } from "./tools.ts";

/*
 * OpenAI's own account of what a prompt costs besides its text, for messages (section 6) and for
 * tools (section 7):
 * https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
 */
const PER_MESSAGE = 3;
const PER_NAME = 1;
/** Every answer is primed with `<|start|>assistant<|message|>`. */
const PRIMING = 3;

const PER_TOOL = { cl100k_base: 10, o200k_base: 7 } as const;
const PROPERTIES_START = 3;
const PER_PROPERTY = 3;
const ENUM_START = -3;
const PER_ENUM_VALUE = 3;
const TOOLS_END = 12;

/** An image at low detail: https://platform.openai.com/docs/guides/images-vision */
const PER_IMAGE = 85;

/** All that the model reads before it answers: messages, tools and what frames them. */
export function countPromptTokens(
  encoding: Encoding,
  messages: readonly SentMessage[],
  tools: readonly Tool[],
): number {
  const messageTokens = sum(messages, (message) => countMessage(encoding, message));
  return messageTokens + PRIMING + countTools(encoding, tools);
}

function countMessage(encoding: Encoding, message: SentMessage): number {
  const count = (text: string) => countTokens(encoding, text);
  const name = message.name === null ? 0 : PER_NAME + count(message.name);
  return (
    PER_MESSAGE +
    count(message.role) +
    name +
    sum(message.texts, count) +
    sum(message.toolStrings, count) +
    message.imageCount * PER_IMAGE
  );
}

function countTools(encoding: Encoding, tools: readonly Tool[]): number {
  if (tools.length === 0) return 0;
  return sum(tools, (tool) => countTool(encoding, tool)) + TOOLS_END;
}

function countTool(encoding: Encoding, tool: Tool): number {
  const line = `${tool.name}:${withoutFullStop(tool.description)}`;
  const properties = Object.entries(tool.properties);
  const propertyTokens = sum(properties, ([name, schema]) => countProperty(encoding, name, schema));
  const start = properties.length > 0 ? PROPERTIES_START : 0;
  return PER_TOOL[encoding] + countTokens(encoding, line) + start + propertyTokens;
}

function countProperty(encoding: Encoding, name: string, schema: unknown): number {
  const facts: JsonObject = isObject(schema) ? schema : {};
  const description = withoutFullStop(stringOr(facts.description, ""));
  const line = `${name}:${stringOr(facts.type, "")}:${description}`;
  return PER_PROPERTY + countEnum(encoding, facts.enum) + countTokens(encoding, line);
}

function countEnum(encoding: Encoding, values: unknown): number {
  if (!Array.isArray(values)) return 0;
  const perValue = (value: unknown) => PER_ENUM_VALUE + countTokens(encoding, String(value));
  return ENUM_START + sum(values, perValue);
}

function withoutFullStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0);
}
