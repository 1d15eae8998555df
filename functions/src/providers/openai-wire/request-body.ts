import type {
  ChatMessage,
  ChatRequest,
  EmbeddingRequest,
  ToolCall,
  ToolDefinition,
} from "../../calls/port.ts";

/** In what those who speak OpenAI's protocol differ. */
export interface BodyStyle {
  /** What a provider wants said in every chat request, such as `store: false`; callers cannot change it. */
  readonly fixed: Readonly<Record<string, boolean | string | object>>;
  /** OpenAI's reasoning models take the first alone, most others know the second only. */
  readonly limitField: "max_completion_tokens" | "max_tokens";
  /** What `developer` is called where only OpenAI's models know that role. */
  readonly systemRole?: "system";
  /** What a tool call that is sent back holds besides. */
  readonly toolCallFields?: object;
}

/**
 * The body of POST /chat/completions. Each field is named here: what a caller invents never reaches the provider,
 * and nothing that identifies people (`user`, `metadata`, `safety_identifier`) is ever sent.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
export function chatBody(request: ChatRequest, style: BodyStyle): string {
  const { fixed, limitField } = style;
  return JSON.stringify({
    model: request.model,
    messages: request.messages.map((message) => wireMessage(message, style)),
    [limitField]: request.maxOutputTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop,
    seed: request.seed,
    reasoning_effort: request.reasoningEffort,
    tools: request.tools?.length ? request.tools.map(wireTool) : undefined,
    tool_choice: request.toolChoice,
    response_format: request.responseFormat,
    ...(request.stream ? STREAMED : undefined),
    ...fixed,
  });
}

/** Without `include_usage` a stream says nothing of its tokens. */
const STREAMED = { stream: true, stream_options: { include_usage: true } };

/** base64 is a third of the size of decimal text, and exact; not everybody has it. */
export type EmbeddingFormat = "base64" | "float";

/** https://platform.openai.com/docs/api-reference/embeddings */
export function embeddingBody(request: EmbeddingRequest, format: EmbeddingFormat): string {
  const { model, input, dimensions } = request;
  return JSON.stringify({ model, input, dimensions, encoding_format: format });
}

function wireMessage(message: ChatMessage, { systemRole, toolCallFields }: BodyStyle) {
  const { role, content, name, tool_calls, tool_call_id } = message;
  const isParts = Array.isArray(content);
  return {
    role: role === "developer" ? (systemRole ?? role) : role,
    content: isParts ? content.map(({ text }) => ({ type: "text", text })) : content,
    name,
    tool_calls: tool_calls?.map((call) => ({ ...wireToolCall(call), ...toolCallFields })),
    tool_call_id,
  };
}

function wireToolCall(call: ToolCall) {
  const { name, arguments: args } = call.function;
  return { id: call.id, type: "function", function: { name, arguments: args } };
}

function wireTool(tool: ToolDefinition) {
  const { name, description, parameters, strict } = tool.function;
  return { type: "function", function: { name, description, parameters, strict } };
}
