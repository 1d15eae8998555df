import type { ChatRequest, ToolDefinition } from "../../calls/port.ts";
import { isObject } from "../openai-wire/json.ts";
import { systemOf, turnsOf } from "./messages-content.ts";

/**
 * The body of POST /v1/messages. Each field is named here: what a caller invents never reaches the provider. The
 * limit is always sent, for the API requires one; the tier is the one that the price book prices.
 * https://platform.claude.com/docs/en/api/messages/create
 */
export function messagesBody(request: ChatRequest, defaultMaxOutputTokens: number): string {
  return JSON.stringify({
    model: request.model,
    max_tokens: request.maxOutputTokens ?? defaultMaxOutputTokens,
    system: systemOf(request.messages),
    messages: turnsOf(request.messages),
    temperature: request.temperature,
    top_p: request.topP,
    stop_sequences: typeof request.stop === "string" ? [request.stop] : request.stop,
    tools: request.tools?.length ? request.tools.map(toolOf) : undefined,
    tool_choice: toolChoiceOf(request.toolChoice),
    output_config: outputConfigOf(request),
    service_tier: "standard_only",
    ...(request.stream ? { stream: true } : undefined),
  });
}

function toolOf({ function: fn }: ToolDefinition) {
  const { name, description, strict } = fn;
  return { name, description, input_schema: { type: "object", ...fn.parameters }, strict };
}

function toolChoiceOf(choice: ChatRequest["toolChoice"]) {
  if (choice === undefined) return undefined;
  if (typeof choice !== "string") return { type: "tool", name: choice.function.name };
  return { type: choice === "required" ? "any" : choice };
}

function outputConfigOf({ reasoningEffort, responseFormat }: ChatRequest) {
  const format = schemaFormatOf(responseFormat);
  if (reasoningEffort === undefined && format === undefined) return undefined;
  return { effort: reasoningEffort, format };
}

function schemaFormatOf(format: ChatRequest["responseFormat"]) {
  const named = format?.json_schema;
  return isObject(named) ? { type: "json_schema", schema: named.schema } : undefined;
}
