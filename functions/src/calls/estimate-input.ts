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

/*
 * Models of other makers. Anthropic adds at most 530 tokens to a request with tools, published at
 * https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview#pricing, and the open chat templates frame a message
 * with up to 9 and begin with up to 40. Nobody publishes how a definition is shown: its JSON is counted in full.
 */
const FOREIGN_PER_MESSAGE = 6;
const FOREIGN_START = 60;
const FOREIGN_TOOLS = 600;

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

/** Frames are known at once; the texts are counted together. */
interface Tally {
  readonly frames: { -readonly [part in keyof InputParts]: number };
  readonly texts: { readonly part: keyof InputParts; readonly text: string }[];
}

/**
 * Counts the tokens that a request will be billed for, before it is sent: exact for messages (by the published rule)
 * and for tools with flat parameters, above it for nested ones, whose JSON is counted in full.
 * {system: "You are helpful.", user: "Hi"} with gpt-4o: 8 + 5, and 3 for the priming. For models of other makers it is an
 * upper bound in all its parts.
 */
export async function estimateInput(
  counter: TokenCounter,
  request: EstimatedRequest,
): Promise<InputEstimate> {
  const { frames: parts, texts } = tallyOf(request, counter.isForeign(request.model));
  const counts = await counter.countTexts(
    request.model,
    texts.map(({ text }) => text),
  );
  for (const [index, { part }] of texts.entries()) parts[part] += counts[index] as number;
  return { inputTokens: parts.system + parts.context + parts.input + parts.tools, parts };
}

function tallyOf(
  { messages, tools = [], responseFormat }: EstimatedRequest,
  isForeign: boolean,
): Tally {
  const tally: Tally = {
    frames: { system: 0, context: 0, input: PRIMING, tools: 0 },
    texts: [],
  };
  const lastUser = messages.findLastIndex(({ role }) => role === "user");
  for (const [place, message] of messages.entries()) {
    addMessage(tally, place === lastUser ? "input" : partOf(message), message);
  }
  if (tools.length > 0) tally.frames.tools += TOOLS_END;
  for (const tool of tools) {
    if (isForeign) addToolText(tally, JSON.stringify(tool));
    else addDefinition(tally, tool.function);
  }
  if (isForeign) addForeignFrames(tally, messages.length, tools.length > 0);
  addResponseFormat(tally, responseFormat);
  return tally;
}

function addForeignFrames({ frames }: Tally, messages: number, withTools: boolean): void {
  frames.context += FOREIGN_PER_MESSAGE * messages;
  frames.input += FOREIGN_START;
  if (withTools) frames.tools += FOREIGN_TOOLS;
}

function partOf({ role }: ChatMessage): "system" | "context" {
  return role === "system" || role === "developer" ? "system" : "context";
}

function addMessage(tally: Tally, part: keyof InputParts, message: ChatMessage): void {
  const { name, tool_calls = [], tool_call_id } = message;
  const calls = tool_calls.flatMap(({ id, function: fn }) => [id, fn.name, fn.arguments]);
  const ids = [name, tool_call_id].filter((text) => text !== undefined);
  tally.frames[part] += PER_MESSAGE + PER_ROLE + (name === undefined ? 0 : PER_NAME);
  tally.frames[part] += tool_calls.length * PER_TOOL_CALL;
  for (const text of [...textsOf(message), ...calls, ...ids]) tally.texts.push({ part, text });
}

function textsOf({ content }: ChatMessage): readonly string[] {
  if (typeof content === "string") return [content];
  return content?.map(({ text }) => text) ?? [];
}

type Definition = NonNullable<ChatRequest["tools"]>[number]["function"];

function addDefinition(tally: Tally, definition: Definition): void {
  const { name, description = "", parameters = {} } = definition;
  const { type: _, properties, required: __, additionalProperties: ___, ...rest } = parameters;
  const entries = isRecord(properties) ? Object.entries(properties) : [];
  tally.frames.tools += PER_TOOL + (entries.length > 0 ? PROPERTIES_START : 0);
  addToolText(tally, `${name}:${withoutFullStop(description)}`);
  for (const [key, schema] of entries) addProperty(tally, key, schema);
  addJson(tally, rest);
}

function addProperty(tally: Tally, name: string, schema: unknown): void {
  const { type, description, enum: values, ...rest } = isRecord(schema) ? schema : {};
  const choices = Array.isArray(values) ? values.map(shown) : [];
  tally.frames.tools += PER_PROPERTY;
  if (choices.length > 0) tally.frames.tools += ENUM_START + choices.length * PER_ENUM_VALUE;
  for (const choice of choices) addToolText(tally, choice);
  addToolText(tally, `${name}:${shown(type)}:${withoutFullStop(shown(description))}`);
  addJson(tally, rest);
}

/** What the published rule has no number for: its JSON is longer than any form in which a model is shown it. */
function addJson(tally: Tally, rest: Readonly<Record<string, unknown>>): void {
  if (Object.keys(rest).length > 0) addToolText(tally, JSON.stringify(rest));
}

function addResponseFormat(tally: Tally, format: ChatRequest["responseFormat"]): void {
  if (format?.type !== "json_schema") return;
  tally.frames.tools += RESPONSE_SCHEMA_FRAME;
  addToolText(tally, JSON.stringify(format));
}

function addToolText({ texts }: Tally, text: string): void {
  texts.push({ part: "tools", text });
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
