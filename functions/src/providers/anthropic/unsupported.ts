import type { ChatRequest, Unsupported } from "../../calls/port.ts";
import { isObject } from "../openai-wire/json.ts";
import { inputOf } from "./messages-content.ts";

/** https://platform.claude.com/docs/en/build-with-claude/effort, which begins at low. */
const EFFORTS: readonly string[] = ["low", "medium", "high", "xhigh"];
const MAX_TEMPERATURE = 1;

/** What the messages API has no field for, or takes otherwise; said before anything is sent. */
export function unsupportedByMessages(
  request: Omit<ChatRequest, "model">,
): Unsupported | undefined {
  const { seed, temperature = 0, reasoningEffort = "low", responseFormat, messages } = request;
  if (seed !== undefined) return { field: "seed", problem: "is not known to Anthropic's models" };
  if (temperature > MAX_TEMPERATURE) {
    return { field: "temperature", problem: "is at most 1 for Anthropic's models" };
  }
  if (!EFFORTS.includes(reasoningEffort)) {
    return {
      field: "reasoningEffort",
      problem: `is one of ${EFFORTS.join(", ")} for Anthropic's models`,
    };
  }
  return unsupportedFormat(responseFormat) ?? unsupportedMessage(messages);
}

function unsupportedFormat(format: ChatRequest["responseFormat"]): Unsupported | undefined {
  if (format === undefined || format.type === "text") return undefined;
  const named = format.json_schema;
  if (isObject(named) && isObject(named.schema)) return undefined;
  return {
    field: "responseFormat",
    problem: "must be text, or a json_schema with its schema, for Anthropic's models",
  };
}

function unsupportedMessage(messages: ChatRequest["messages"]): Unsupported | undefined {
  for (const [place, { name, tool_calls = [] }] of messages.entries()) {
    const field = `messages[${place}]`;
    if (name !== undefined) {
      return { field: `${field}.name`, problem: "is not known to Anthropic's models" };
    }
    const wrong = tool_calls.findIndex((call) => inputOf(call.function.arguments) === undefined);
    if (wrong >= 0) {
      return {
        field: `${field}.tool_calls[${wrong}].function.arguments`,
        problem: "must be a JSON object for Anthropic's models",
      };
    }
  }
  return undefined;
}
