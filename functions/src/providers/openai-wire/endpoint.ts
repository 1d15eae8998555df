import type { Transport } from "../transport/http.ts";

/** Where a provider is reached, and how one shows that one may. */
export interface Endpoint {
  readonly transport: Transport;
  readonly origin: string;
  /** "/v1", without a slash at the end. */
  readonly basePath: string;
  /** Headers that hold the key, asked for per request; null when no key is set. Must not throw. */
  authorization(): Readonly<Record<string, string>> | null;
}
