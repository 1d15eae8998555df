import { PARAMETERS } from "./chat-request.ts";
import { openAiWire } from "./chat-wire.ts";
import { CHAT_KEYS } from "./directives.ts";
import { isObject } from "./json.ts";
import { CATALOGUES } from "./models.ts";
import { costUsd } from "./routed-cost.ts";
import { toldUsage } from "./usage.ts";
import type { ChatWire } from "./wire.ts";

/**
 * OpenRouter: the usage comes with its own cost when the request asks for it.
 * https://openrouter.ai/docs/use-cases/usage-accounting
 */
export const OPENROUTER_WIRE: ChatWire = openAiWire({
  dialect: {
    catalogue: CATALOGUES.openrouter,
    parameters: new Set([...PARAMETERS, "usage"]),
    takesMaxTokens: true,
  },
  answerIdPrefix: "gen-",
  directiveKeys: CHAT_KEYS,
  fields: { provider: "Simulated" },
  usageOf({ request: { model, asksCost } }, { billed, directives }) {
    const told = toldUsage(billed, directives.usage);
    if (!isObject(told) || !asksCost) return told;
    const cost = costUsd(model.name, billed, directives.overcharge ?? 0);
    return { ...told, cost, is_byok: false, cost_details: { upstream_inference_cost: null } };
  },
});

/** Azure: a stream begins with what its filters found in the prompt, under no model's name. */
export const AZURE_WIRE: ChatWire = openAiWire({
  dialect: { catalogue: CATALOGUES.azure, parameters: PARAMETERS, takesMaxTokens: false },
  answerIdPrefix: "chatcmpl-",
  preamble: {
    id: "",
    object: "",
    created: 0,
    model: "",
    choices: [],
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  },
});

/**
 * Gemini's OpenAI-compatible endpoint: three counts without details, and thoughts in the total alone.
 * https://ai.google.dev/gemini-api/docs/openai
 */
export const GOOGLE_WIRE: ChatWire = openAiWire({
  dialect: { catalogue: CATALOGUES.google, parameters: PARAMETERS, takesMaxTokens: true },
  answerIdPrefix: "",
  usageOf(_, { billed, directives }) {
    const told = toldUsage(billed, directives.usage);
    if (!isObject(told)) return told;
    const { prompt_tokens, total_tokens } = told;
    const thoughts = billed.completion_tokens_details.reasoning_tokens;
    return { prompt_tokens, completion_tokens: billed.completion_tokens - thoughts, total_tokens };
  },
});
