import type { ChatMessage, ChatRequest, TokenCounter } from "./port.ts";

/*
 * What a prompt costs besides its text, as OpenAI publishes it, for messages (section 6) and tools (section 7):
 * https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
 * Where models differ the dearer number stands here, for the estimate is an upper bound.
 */
const PER_MESSAGE = 3;
/** Each role is one token in every tokenizer of OpenAI. */
const PER_ROLE = 1;
const PER_NAME = 1;
/** Every answer is primed with `<|start|>assistant<|message|>`. */
const PRIMING = 3;
const PER_TOOL = 10;
const PROPERTIES_START = 3;
const PER_PROPERTY = 3;
const ENUM_START = -3;
const PER_ENUM_VALUE = 3;
const TOOLS_END = 12;

/** Not published: a call carries its type and what frames its id, name and arguments. */
const PER_TOOL_CALL = 4;
/** Not published: the schema of an answer is shown to the model under a headline. */
const RESPONSE_SCHEMA_FRAME = 12;

/** Tokens of a request by where they come from. */
export interface InputParts {
  /** System and developer messages. */
  readonly system: number;
  /** All messages but those and the last user message. */
  readonly context: number;
  /** The last user message, and the priming of the answer. */
  readonly input: number;
  /** Definitions of tools, and the schema of the answer. */
  readonly tools: number;
}

export interface InputEstimate {
  /** The sum of the parts. */
  readonly inputTokens: number;
  readonly parts: InputParts;
}

export type EstimatedRequest = Pick<ChatRequest, "model" | "messages" | "tools" | "responseFormat">;

type Count = (text: string) => Promise<number>;

/**
 * Counts the tokens that a request will be billed for, before it is sent: exact for messages (by the published rule)
 * and for tools with flat parameters, above it for nested ones, whose JSON is counted in full.
 * {system: "You are helpful.", user: "Hi"} with gpt-4o: 8 + 5, and 3 for the priming.
 */
export async function estimateInput(
  counter: TokenCounter,
  request: EstimatedRequest,
): Promise<InputEstimate> {
  const count: Count = (text) => counter.countText(request.model, text);
  const lastUser = request.messages.findLastIndex(({ role }) => role === "user");
  const parts = { system: 0, context: 0, input: PRIMING, tools: 0 };
  for (const [place, message] of request.messages.entries()) {
    parts[place === lastUser ? "input" : partOf(message)] += await messageTokens(count, message);
  }
  parts.tools += await toolTokens(count, request.tools ?? []);
  parts.tools += await responseFormatTokens(count, request.responseFormat);
  return { inputTokens: parts.system + parts.context + parts.input + parts.tools, parts };
}

function partOf({ role }: ChatMessage): "system" | "context" {
  return role === "system" || role === "developer" ? "system" : "context";
}

async function messageTokens(count: Count, message: ChatMessage): Promise<number> {
  const { name, tool_calls = [], tool_call_id } = message;
  const calls = tool_calls.flatMap(({ id, function: fn }) => [id, fn.name, fn.arguments]);
  const ids = [name, tool_call_id].filter((text) => text !== undefined);
  const texts = [...textsOf(message), ...calls, ...ids];
  const frame = PER_MESSAGE + PER_ROLE + (name === undefined ? 0 : PER_NAME);
  return frame + tool_calls.length * PER_TOOL_CALL + (await sumOf(texts, count));
}

function textsOf({ content }: ChatMessage): readonly string[] {
  if (typeof content === "string") return [content];
  return content?.map(({ text }) => text) ?? [];
}

type Tools = NonNullable<ChatRequest["tools"]>;

async function toolTokens(count: Count, tools: Tools): Promise<number> {
  if (tools.length === 0) return 0;
  return TOOLS_END + (await sumOf(tools, (tool) => definitionTokens(count, tool.function)));
}

async function definitionTokens(count: Count, definition: Tools[number]["function"]) {
  const { name, description = "", parameters = {} } = definition;
  const { type: _, properties, required: __, additionalProperties: ___, ...rest } = parameters;
  const entries = isRecord(properties) ? Object.entries(properties) : [];
  const head = await count(`${name}:${withoutFullStop(description)}`);
  const body = await sumOf(entries, ([key, schema]) => propertyTokens(count, key, schema));
  const start = entries.length > 0 ? PROPERTIES_START : 0;
  return PER_TOOL + head + start + body + (await jsonTokens(count, rest));
}

async function propertyTokens(count: Count, name: string, schema: unknown): Promise<number> {
  const { type, description, enum: values, ...rest } = isRecord(schema) ? schema : {};
  const line = `${name}:${shown(type)}:${withoutFullStop(shown(description))}`;
  const choices = Array.isArray(values) ? values.map(shown) : [];
  const choiceTokens = choices.length === 0 ? 0 : await enumTokens(count, choices);
  return PER_PROPERTY + choiceTokens + (await count(line)) + (await jsonTokens(count, rest));
}

async function enumTokens(count: Count, choices: readonly string[]): Promise<number> {
  return ENUM_START + choices.length * PER_ENUM_VALUE + (await sumOf(choices, count));
}

/** What the published rule has no number for: its JSON is longer than any form in which a model is shown it. */
async function jsonTokens(count: Count, rest: Readonly<Record<string, unknown>>): Promise<number> {
  return Object.keys(rest).length === 0 ? 0 : await count(JSON.stringify(rest));
}

async function responseFormatTokens(count: Count, format: ChatRequest["responseFormat"]) {
  if (format?.type !== "json_schema") return 0;
  return RESPONSE_SCHEMA_FRAME + (await count(JSON.stringify(format)));
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function withoutFullStop(text: string): string {
  return text.endsWith(".") ? text.slice(0, -1) : text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function sumOf<T>(items: readonly T[], count: (item: T) => Promise<number>): Promise<number> {
  let tokens = 0;
  for (const item of items) tokens += await count(item);
  return tokens;
}
