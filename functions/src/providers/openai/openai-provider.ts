import type { Dispatcher } from "undici";
import type { Provider } from "../../calls/port.ts";
import { chatCompletions, startChat } from "../openai-wire/chat-call.ts";
import { bearer } from "../openai-wire/credentials.ts";
import { startEmbedding } from "../openai-wire/embedding-call.ts";
import type { Endpoint } from "../openai-wire/endpoint.ts";
import { parseBaseUrl } from "../transport/base-url.ts";
import type { HttpLimits } from "../transport/http.ts";
import { httpTransport } from "../transport/http-transport.ts";
import { convertUsage } from "./convert-usage.ts";

export interface OpenAiOptions extends HttpLimits {
  /** "https://api.openai.com/v1" */
  readonly baseUrl: string;
  /** Asked for at each call: secrets can be read inside handlers only. */
  readonly apiKey: () => string;
  /** Connections of one's own, for another certificate authority or a proxy. */
  readonly agent?: Dispatcher;
}

/**
 * Answers are not kept at OpenAI, and every call has the tier that the price book prices: left out, a setting of the
 * project would decide both. https://platform.openai.com/docs/api-reference/chat/create
 */
const PROTOCOL = chatCompletions({
  fixed: { store: false, service_tier: "default" },
  limitField: "max_completion_tokens",
});

/** @throws TypeError when the base URL is not safe to send a key to */
export function openAiProvider(options: OpenAiOptions): Provider {
  const endpoint: Endpoint = {
    ...parseBaseUrl(options.baseUrl),
    transport: httpTransport(options, options.agent),
    authorization: () => bearer(options.apiKey()),
  };
  return {
    name: "openai",
    chat: (request, sink) => startChat(endpoint, PROTOCOL, request, sink),
    embed: (request, sink) => startEmbedding(endpoint, request, sink),
    convertUsage,
  };
}
