import { invalidRequest } from "./errors.ts";
import { isObject, type JsonObject, stringOr } from "./json.ts";

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** The JSON schema of its arguments. */
  readonly parameters: JsonObject;
  readonly properties: JsonObject;
}

/** Whether the model may, must or must not call a tool, or which one it must call. */
export type ToolChoice =
  | { readonly mode: "auto" | "none" | "required" }
  | { readonly mode: "named"; readonly name: string };

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools */
const MAX_TOOLS = 128;
const TOOL_NAME = /^[\w-]{1,64}$/;

export function parseTools(tools: unknown): Tool[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools) || tools.length === 0 || tools.length > MAX_TOOLS) {
    throw wrong("tools", `an array of 1 to ${MAX_TOOLS} tools`);
  }
  return tools.map((tool, index) => parseTool(tool, `tools[${index}]`));
}

function parseTool(tool: unknown, param: string): Tool {
  const spec = isObject(tool) && tool.type === "function" ? tool.function : undefined;
  if (!isObject(spec)) throw wrong(param, "a function");
  if (typeof spec.name !== "string" || !TOOL_NAME.test(spec.name)) {
    throw wrong(`${param}.function.name`, `a name that matches ${TOOL_NAME.source}`);
  }
  const parameters = isObject(spec.parameters) ? spec.parameters : {};
  const properties = isObject(parameters.properties) ? parameters.properties : {};
  return { name: spec.name, description: stringOr(spec.description, ""), parameters, properties };
}

export function parseToolChoice(choice: unknown, tools: readonly Tool[]): ToolChoice {
  if (choice === undefined || choice === null) return { mode: "auto" };
  if (tools.length === 0) {
    throw invalidRequest(
      "'tool_choice' is only allowed when 'tools' are specified.",
      "tool_choice",
    );
  }
  if (choice === "auto" || choice === "none" || choice === "required") return { mode: choice };
  const called = isObject(choice) && choice.type === "function" ? choice.function : undefined;
  const name = isObject(called) ? called.name : undefined;
  if (typeof name !== "string") throw wrong("tool_choice", "none, auto, required or a function");
  return { mode: "named", name };
}

export function findTool(tools: readonly Tool[], name: string): Tool {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool !== undefined) return tool;
  throw invalidRequest(`No tool named '${name}' was sent in 'tools'.`, "tool_choice");
}

function wrong(param: string, expected: string) {
  return invalidRequest(
    `Invalid value for '${param}': expected ${expected}.`,
    param,
    "invalid_value",
  );
}
