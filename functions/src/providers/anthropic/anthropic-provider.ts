import type { Provider } from "../../calls/port.ts";
import { type ChatProtocol, startChat } from "../openai-wire/chat-call.ts";
import type { WireOptions } from "../openai-wire/compatible-provider.ts";
import { inHeader } from "../openai-wire/credentials.ts";
import type { Endpoint } from "../openai-wire/endpoint.ts";
import { parseBaseUrl } from "../transport/base-url.ts";
import { httpTransport } from "../transport/http-transport.ts";
import { convertMessagesUsage } from "./convert-usage.ts";
import { completionOf, messagesTranslator } from "./messages-answer.ts";
import { messagesBody } from "./messages-body.ts";
import { unsupportedByMessages } from "./unsupported.ts";

export interface AnthropicOptions extends WireOptions {
  /** "https://api.anthropic.com", as the official SDK has it; with or without "/v1". */
  readonly baseUrl: string;
  /** Sent when a request names no limit of its own, for the API requires one. */
  readonly defaultMaxOutputTokens: number;
}

/**
 * The first version of the API: the one of 2026-10-21 takes neither temperature nor top_p, from no model.
 * https://platform.claude.com/docs/en/api/migration-2026-10-21
 */
const VERSION = { "anthropic-version": "2023-06-01" };

/** @throws TypeError when the base URL is not safe to send a key to */
export function anthropicProvider(options: AnthropicOptions): Provider {
  const { origin, basePath } = parseBaseUrl(options.baseUrl);
  const endpoint: Endpoint = {
    origin,
    basePath: basePath.endsWith("/v1") ? basePath : `${basePath}/v1`,
    transport: httpTransport(options, options.agent),
    authorization() {
      const key = inHeader("x-api-key", options.apiKey());
      return key && { ...key, ...VERSION };
    },
  };
  const protocol: ChatProtocol = {
    path: "/messages",
    body: (request) => messagesBody(request, options.defaultMaxOutputTokens),
    translator: messagesTranslator,
    completionOf,
  };
  return {
    name: "anthropic",
    chat: (request, sink) => startChat(endpoint, protocol, request, sink),
    unsupported: unsupportedByMessages,
    convertUsage: convertMessagesUsage,
  };
}
