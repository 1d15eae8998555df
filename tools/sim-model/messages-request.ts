import type { ChatRequest, ResponseFormat } from "./chat-request.ts";
import { invalidRequest } from "./errors.ts";
import { isCount, isObject, isOneOf, type JsonObject } from "./json.ts";
import { parseClaudeMessages } from "./messages-content.ts";
import { CATALOGUES, chatModel, type Effort, requestedModel } from "./models.ts";
import type { Tool, ToolChoice } from "./tools.ts";

/** https://platform.claude.com/docs/en/api/messages/create, but for what runs at Anthropic. */
const PARAMETERS = new Set(
  `max_tokens messages metadata model output_config service_tier stop_sequences stream system
   temperature thinking tool_choice tools top_k top_p`.split(/\s+/),
);

const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;

/** Turns a body of `POST /v1/messages` into a request, or says what is wrong with it in Anthropic's words. */
export function parseMessagesRequest(body: JsonObject): ChatRequest {
  const unknown = Object.keys(body).find((key) => !PARAMETERS.has(key));
  if (unknown !== undefined) throw wrong(unknown, "Extra inputs are not permitted");
  const model = chatModel(requestedModel(body), CATALOGUES.anthropic);
  const tools = parseTools(body.tools);
  const config = isObject(body.output_config) ? body.output_config : {};
  checkSampling(body);
  return {
    model,
    messages: parseClaudeMessages(body.system, body.messages),
    stream: body.stream === true,
    includeUsage: true,
    includeObfuscation: false,
    asksCost: false,
    maxTokens: parseMaxTokens(body.max_tokens),
    stop: parseStops(body.stop_sequences),
    responseFormat: parseFormat(config.format),
    tools,
    toolChoice: parseToolChoice(body.tool_choice, tools),
    effort: parseEffort(config.effort),
    serviceTier: "standard",
  };
}

function checkSampling({ temperature = 1, top_p = 1, service_tier = "auto" }: JsonObject): void {
  for (const [param, value] of Object.entries({ temperature, top_p })) {
    if (typeof value !== "number" || value < 0 || value > 1) throw wrong(param, "range: 0..1");
  }
  if (!isOneOf(["auto", "standard_only"], service_tier)) {
    throw wrong("service_tier", "Input should be 'auto' or 'standard_only'");
  }
}

function parseMaxTokens(limit: unknown): number {
  if (limit === undefined) throw wrong("max_tokens", "Field required");
  if (isCount(limit) && limit > 0) return limit;
  throw wrong("max_tokens", "must be greater than or equal to 1");
}

function parseStops(stops: unknown): string[] {
  if (stops === undefined || stops === null) return [];
  if (!Array.isArray(stops)) throw wrong("stop_sequences", "Input should be a valid list");
  for (const stop of stops) {
    if (typeof stop === "string" && stop.trim() !== "") continue;
    throw wrong("stop_sequences", "each stop sequence must contain non-whitespace");
  }
  return stops.map(String);
}

function parseFormat(format: unknown): ResponseFormat {
  if (format === undefined || format === null) return { type: "text" };
  if (!isObject(format) || format.type !== "json_schema" || !isObject(format.schema)) {
    throw wrong("output_config.format", "Input should be a json_schema with a schema");
  }
  return { type: "json_schema", schema: format.schema };
}

/** A Claude thinks when told to. */
function parseEffort(effort: unknown): Effort | null {
  if (effort === undefined || effort === null) return null;
  if (!isOneOf(EFFORTS, effort))
    throw wrong("output_config.effort", `one of ${EFFORTS.join(", ")}`);
  return effort === "max" ? "xhigh" : effort;
}

function parseTools(tools: unknown): Tool[] {
  if (tools === undefined) return [];
  if (!Array.isArray(tools)) throw wrong("tools", "Input should be a valid list");
  return tools.map((tool, index) => {
    const schema = isObject(tool) ? tool.input_schema : undefined;
    if (!isObject(tool) || typeof tool.name !== "string")
      throw wrong(`tools.${index}.name`, "Field required");
    if (!isObject(schema) || schema.type !== "object") {
      throw wrong(`tools.${index}.input_schema.type`, "Input should be 'object'");
    }
    const properties = isObject(schema.properties) ? schema.properties : {};
    const description = typeof tool.description === "string" ? tool.description : "";
    return { name: tool.name, description, parameters: schema, properties };
  });
}

function parseToolChoice(choice: unknown, tools: readonly Tool[]): ToolChoice {
  if (choice === undefined || choice === null) return { mode: "auto" };
  if (tools.length === 0) throw wrong("tool_choice", "may only be specified while providing tools");
  const type = isObject(choice) ? choice.type : undefined;
  if (type === "auto" || type === "none") return { mode: type };
  if (type === "any") return { mode: "required" };
  if (isObject(choice) && type === "tool" && typeof choice.name === "string") {
    return { mode: "named", name: choice.name };
  }
  throw wrong("tool_choice.type", "Input should be 'auto', 'any', 'tool' or 'none'");
}

function wrong(param: string, problem: string) {
  return invalidRequest(`${param}: ${problem}`, param);
}
