import type { Provider } from "../../calls/port.ts";
import { compatibleProvider, type WireOptions } from "../openai-wire/compatible-provider.ts";
import { convertUsage } from "./convert-usage.ts";

/**
 * Answers are not kept at OpenAI, and every call has the tier that the price book prices: left out, a setting of the
 * project would decide both. https://platform.openai.com/docs/api-reference/chat/create
 */
const FIXED = { store: false, service_tier: "default" };

/** @throws TypeError when the base URL is not safe to send a key to */
export function openAiProvider(options: WireOptions): Provider {
  const style = { fixed: FIXED, limitField: "max_completion_tokens" } as const;
  return compatibleProvider(
    { name: "openai", style, embeddingFormat: "base64", convertUsage },
    options,
  );
}
