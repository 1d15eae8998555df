import type { Dispatcher } from "undici";
import type { Provider } from "../../calls/port.ts";
import { startChat } from "../openai-wire/chat-call.ts";
import { startEmbedding } from "../openai-wire/embedding-call.ts";
import type { Endpoint } from "../openai-wire/endpoint.ts";
import type { HttpLimits } from "../transport/http.ts";
import { httpTransport } from "../transport/http-transport.ts";
import { parseBaseUrl } from "./base-url.ts";
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
const FIXED = { store: false, service_tier: "default" };

/** @throws TypeError when the base URL is not safe to send a key to */
export function openAiProvider(options: OpenAiOptions): Provider {
  const endpoint: Endpoint = {
    ...parseBaseUrl(options.baseUrl),
    transport: httpTransport(options, options.agent),
    authorization: () => bearer(options.apiKey()),
  };
  return {
    name: "openai",
    chat: (request, sink) => startChat(endpoint, request, FIXED, sink),
    embed: (request, sink) => startEmbedding(endpoint, request, sink),
    convertUsage,
  };
}

/** Secrets that were stored with `echo` end in a line feed, which no header may hold. */
function bearer(apiKey: string): Readonly<Record<string, string>> | null {
  const key = apiKey.trim();
  return key === "" ? null : { authorization: `Bearer ${key}` };
}
