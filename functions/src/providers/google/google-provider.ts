import type { ChatRequest, Provider, Unsupported } from "../../calls/port.ts";
import { compatibleProvider, type WireOptions } from "../openai-wire/compatible-provider.ts";
import { convertCompatibleUsage } from "./convert-usage.ts";
import { toolCallPlaces } from "./tool-call-places.ts";

/** https://ai.google.dev/gemini-api/docs/openai#thinking */
const EFFORTS: readonly string[] = ["none", "minimal", "low", "medium", "high"];

/**
 * Gemini 3 wants back the signature of its thoughts with each tool call. Callers are not given it, for OpenAI's shape
 * has no place for it; this one stands for a call that comes without.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const UNSIGNED = {
  extra_content: { google: { thought_signature: "skip_thought_signature_validator" } },
};

/** Gemini's OpenAI-compatible endpoint. @throws TypeError when the base URL is not safe to send a key to */
export function googleProvider(options: WireOptions): Provider {
  return compatibleProvider(
    {
      name: "google",
      style: {
        fixed: {},
        limitField: "max_tokens",
        systemRole: "system",
        toolCallFields: UNSIGNED,
      },
      translator: toolCallPlaces,
      embeddingFormat: "float",
      unsupported,
      convertUsage: convertCompatibleUsage,
    },
    options,
  );
}

/** A field that it does not know is an error there. */
function unsupported(request: Omit<ChatRequest, "model">): Unsupported | undefined {
  const { seed, reasoningEffort = "low", messages } = request;
  if (seed !== undefined) {
    return { field: "seed", problem: "is not known to Gemini's compatible endpoint" };
  }
  if (!EFFORTS.includes(reasoningEffort)) {
    return { field: "reasoningEffort", problem: `is one of ${EFFORTS.join(", ")} for Gemini` };
  }
  const named = messages.findIndex(({ name }) => name !== undefined);
  if (named < 0) return undefined;
  return {
    field: `messages[${named}].name`,
    problem: "is not known to Gemini's compatible endpoint",
  };
}
