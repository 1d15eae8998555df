import type { Dispatcher } from "undici";
import type { Provider } from "../../calls/port.ts";
import { parseBaseUrl } from "../transport/base-url.ts";
import type { HttpLimits } from "../transport/http.ts";
import { httpTransport } from "../transport/http-transport.ts";
import { chatCompletions, startChat } from "./chat-call.ts";
import { bearer } from "./credentials.ts";
import { startEmbedding } from "./embedding-call.ts";
import type { Endpoint } from "./endpoint.ts";
import type { BodyStyle, EmbeddingFormat } from "./request-body.ts";
import type { Translate } from "./stream-reader.ts";

export interface WireOptions extends HttpLimits {
  /** "https://api.openai.com/v1" */
  readonly baseUrl: string;
  /** Asked for at each call: secrets can be read inside handlers only. */
  readonly apiKey: () => string;
  /** Connections of one's own, for another certificate authority or a proxy. */
  readonly agent?: Dispatcher;
}

/** In what a provider that speaks OpenAI's protocol differs from the others. */
export interface Compatible extends Omit<Provider, "chat" | "embed"> {
  readonly style: BodyStyle;
  readonly embeddingFormat: EmbeddingFormat;
  /** Puts the events of one stream right where they are not as OpenAI's. */
  readonly translator?: () => Translate;
  /** Headers that hold the key; as a bearer token unless told otherwise. */
  authorization?(apiKey: string): ReturnType<Endpoint["authorization"]>;
  /** The path below which the doors are, for a base URL that names only the host. */
  readonly defaultPath?: string;
}

/** @throws TypeError when the base URL is not safe to send a key to */
export function compatibleProvider(compatible: Compatible, options: WireOptions): Provider {
  const { style, translator, embeddingFormat, ...others } = compatible;
  const { authorization = bearer, defaultPath = "", ...own } = others;
  const { origin, basePath } = parseBaseUrl(options.baseUrl);
  const endpoint: Endpoint = {
    origin,
    basePath: basePath || defaultPath,
    transport: httpTransport(options, options.agent),
    authorization: () => authorization(options.apiKey()),
  };
  const protocol = chatCompletions(style, translator);
  return {
    ...own,
    chat: (request, sink) => startChat(endpoint, protocol, request, sink),
    embed: (request, sink) => startEmbedding(endpoint, embeddingFormat, request, sink),
  };
}
