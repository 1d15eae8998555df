import { isObject, type JsonObject } from "../openai-wire/json.ts";
import { firstObject } from "./counts.ts";

const STANDARD = "standard";

/** The words of the providers for their standard rates, and what OpenAI came to call its priority tier. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["", STANDARD],
  ["auto", STANDARD],
  ["default", STANDARD],
  ["on_demand", STANDARD],
  ["unspecified", STANDARD],
  ["traffic_type_unspecified", STANDARD],
  ["on_demand_flex", "flex"],
  ["on_demand_priority", "priority"],
  ["fast", "priority"],
]);

/**
 * The service tier that a usage object or the answer around it names, in the words of the price book. What nobody
 * names is standard; a tier that the book has no price for stays what it is, so that it is not billed as standard.
 *
 * - `service_tier`: OpenAI and those who speak its protocol, Anthropic
 * - `serviceTier`: Gemini ("FLEX"), Bedrock ({type: "flex"}); `trafficType`: Gemini on Vertex AI ("ON_DEMAND"), where the
 *   OpenAI-compatible endpoint has it in `extra_properties.google`
 * - a line of a batch's results says it by being one (OpenAI, Azure, Mistral, Gemini), and so does OpenAI's batch itself
 * - `speed` and `inference_geo`: Anthropic, whose fast mode and whose inference in the US have prices of their own
 */
export function serviceTierOf(objects: readonly JsonObject[]): string {
  const tier = tierNamed(objects);
  if (has(objects, "inference_geo", "us"))
    return has(objects, "speed", "fast") ? "us-fast" : inUs(tier);
  return has(objects, "speed", "fast") && tier === STANDARD ? "fast" : tier;
}

function inUs(tier: string): string {
  return tier === STANDARD ? "us" : `us-${tier}`;
}

function tierNamed(objects: readonly JsonObject[]): string {
  const named = objects.map(wordFor).find((word) => word !== undefined) ?? "";
  const name = named.toLowerCase().replace(/^(service_?tier|traffic_?type)[_.]/, "");
  const tier = NAMES.get(name) ?? name;
  return tier === STANDARD && objects.some(isOfBatch) ? "batch" : tier;
}

function wordFor(object: JsonObject): string | undefined {
  return (
    textOf(object.service_tier) ??
    textOf(object.serviceTier) ??
    textOf(object.trafficType) ??
    textOf(object.traffic_type) ??
    textOf(firstObject(firstObject(object.extra_properties).google).traffic_type)
  );
}

/**
 * A batch counts the usage of all its lines (https://platform.openai.com/docs/api-reference/batch/object). Lines are billed as a batch, although the answer in them says "default" or nothing.
 * https://platform.openai.com/docs/api-reference/batch/request-output, https://ai.google.dev/gemini-api/docs/batch-api
 */
function isOfBatch({ object, custom_id, key, response }: JsonObject): boolean {
  if (object === "batch") return true;
  if (!isObject(response)) return false;
  return (
    typeof custom_id === "string" || (typeof key === "string" && isObject(response.usageMetadata))
  );
}

function has(objects: readonly JsonObject[], field: string, value: string): boolean {
  return objects.some((object) => object[field] === value);
}

function textOf(value: unknown): string | undefined {
  if (isObject(value)) return textOf(value.type);
  return typeof value === "string" ? value : undefined;
}
