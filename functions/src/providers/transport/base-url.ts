/** What a base URL says of where to connect. */
export interface BaseUrl {
  readonly origin: string;
  /** "/v1", without a slash at the end. */
  readonly basePath: string;
}

/**
 * Keys and prompts travel to this address: https, or http to this very machine.
 * "https://api.openai.com/v1/" -> origin "https://api.openai.com", basePath "/v1".
 * @throws TypeError for anything else; its message shows nothing that may be secret
 */
export function parseBaseUrl(baseUrl: string): BaseUrl {
  const url = URL.parse(baseUrl);
  if (!url) throw new TypeError("The provider's base URL is no URL");
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError(
      `The provider's base URL at ${url.host} must be an address and a path, no more`,
    );
  }
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname))) {
    throw new TypeError(
      `The provider's base URL at ${url.host} must be https (http only on loopback)`,
    );
  }
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, "") };
}

/** URL has already turned every spelling of an IPv4 address into four decimal numbers. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
