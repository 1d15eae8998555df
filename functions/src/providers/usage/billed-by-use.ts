import type { JsonObject } from "../openai-wire/json.ts";
import { countOf, firstObject } from "./counts.ts";

/**
 * Whether a usage counts what is billed by the use, beside its tokens: no class holds it, and the price book has no price
 * for it, so that a bill of the tokens alone is no more than an estimate.
 *
 * - `server_tool_use.web_search_requests`: Anthropic and OpenRouter, which also writes `server_tool_use_details`. Pages that are fetched cost nothing beside tokens.
 *   https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool
 * - `num_sources_used`, `num_server_side_tools_used`: xAI. https://docs.x.ai/developers/tools/overview
 * - `prompt_audio_seconds`: Mistral, which bills audio by the minute.
 * - `connectors`: uses of each of them in a conversation of Mistral's. https://docs.mistral.ai/agents/connectors/websearch
 */
export function isBilledByUse(usage: JsonObject): boolean {
  return [
    firstObject(usage.server_tool_use).web_search_requests,
    firstObject(usage.server_tool_use_details).web_search_requests,
    ...Object.values(firstObject(usage.connectors)),
    usage.num_sources_used,
    usage.num_server_side_tools_used,
    usage.prompt_audio_seconds,
  ].some((count) => countOf(count) !== 0);
}
