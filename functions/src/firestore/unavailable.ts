import { TollgateError } from "../core/errors.ts";
import { StoreTimeoutError } from "./deadline.ts";

/** gRPC codes of a store that cannot answer now; others are faults of ours and keep their name. */
const UNAVAILABLE_CODES: readonly unknown[] = [4, 8, 10, 14];

/** @throws STORE_UNAVAILABLE for a store that did not answer, anything else as it is */
export function rethrowStoreError(cause: unknown): never {
  const code = (cause as { code?: unknown }).code;
  if (cause instanceof StoreTimeoutError || UNAVAILABLE_CODES.includes(code)) {
    const facts = { retryAfterSeconds: 5 };
    throw new TollgateError("STORE_UNAVAILABLE", "the store does not answer", facts, { cause });
  }
  throw cause;
}
