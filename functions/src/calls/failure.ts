import { type ErrorReason, TollgateError } from "../core/errors.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import type { OpenCall } from "./open-call.ts";
import type { ProviderFailure } from "./port.ts";

const REASONS: Record<ProviderFailure["kind"], ErrorReason> = {
  rejected: "PROVIDER_REJECTED",
  unknown_model: "UNKNOWN_MODEL",
  rate_limited: "PROVIDER_RATE_LIMITED",
  timeout: "PROVIDER_TIMEOUT",
  unavailable: "PROVIDER_UNAVAILABLE",
  aborted: "PROVIDER_UNAVAILABLE",
};

/** What the caller of a failed call is told; the entry that it left can be found by its id. */
export function failureError(
  failure: ProviderFailure,
  call: OpenCall,
  entry: EntryDraft,
): TollgateError {
  const { kind, message, httpStatus, retryAfterMs } = failure;
  return new TollgateError(REASONS[kind], message, {
    requestId: call.identity.requestId,
    entryId: entry.entryId,
    model: call.model.names.modelRequested,
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1_000) }),
  });
}
