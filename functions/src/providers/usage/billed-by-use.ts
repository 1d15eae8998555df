import { isObject, type JsonObject } from "../openai-wire/json.ts";
import { countOf } from "./counts.ts";

/**
 * Whether a usage counts what is billed by the use, beside its tokens: no class holds it, and the price book has no price
 * for it, so that a bill of the tokens alone is no more than an estimate.
 *
 * - `server_tool_use.web_search_requests`: Anthropic and OpenRouter. Pages that are fetched cost nothing beside tokens.
 *   https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool
 * - `num_sources_used`, `num_server_side_tools_used`: xAI. https://docs.x.ai/developers/tools/overview
 * - `prompt_audio_seconds`: Mistral, which bills audio by the minute.
 */
export function isBilledByUse(usage: JsonObject): boolean {
  const tools = isObject(usage.server_tool_use) ? usage.server_tool_use : {};
  return [
    tools.web_search_requests,
    usage.num_sources_used,
    usage.num_server_side_tools_used,
    usage.prompt_audio_seconds,
  ].some((count) => countOf(count) !== 0);
}
