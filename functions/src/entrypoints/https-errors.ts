import { type FunctionsErrorCode, HttpsError } from "firebase-functions/https";
import { write } from "firebase-functions/logger";
import { type ErrorReason, TollgateError } from "../core/errors.ts";

const MAX_FRAMES = 20;
const MAX_CAUSES = 5;

/** The one table of reasons and codes (design: doors). */
const CODES = {
  INVALID_FIELD: "invalid-argument",
  UNAUTHENTICATED: "unauthenticated",
  NOT_ADMIN: "permission-denied",
  NOT_SERVICE: "permission-denied",
  NOT_OWNER: "permission-denied",
  NOT_FOUND: "not-found",
  UNKNOWN_MODEL: "not-found",
  UNPRICED_MODEL: "failed-precondition",
  BUDGET_EXCEEDED: "resource-exhausted",
  PROVIDER_RATE_LIMITED: "resource-exhausted",
  DUPLICATE_REQUEST: "already-exists",
  PROVIDER_REJECTED: "failed-precondition",
  PROVIDER_TIMEOUT: "deadline-exceeded",
  PROVIDER_UNAVAILABLE: "unavailable",
  STORE_UNAVAILABLE: "unavailable",
} as const satisfies Record<ErrorReason, FunctionsErrorCode>;

/** What a caller is told. An error that nobody expected is logged, and the caller learns no more than that. */
export function toHttpsError(error: unknown): HttpsError {
  if (error instanceof HttpsError) return error;
  if (error instanceof TollgateError) {
    return new HttpsError(CODES[error.reason], error.message, {
      ...error.facts,
      reason: error.reason,
    });
  }
  write({ severity: "ERROR", message: "Unexpected error", error: traceOf(error) });
  return new HttpsError("internal", "An unexpected error; it has been logged.");
}

/**
 * Where an error came from, without its message: a message may quote what it choked on, and prompts are not logged.
 */
function traceOf(error: unknown): Readonly<Record<string, unknown>> {
  const causes: string[] = [];
  for (let at = causeOf(error); at !== undefined && causes.length < MAX_CAUSES; at = causeOf(at)) {
    causes.push(nameOf(at));
  }
  return { name: nameOf(error), causes, frames: error instanceof Error ? framesOf(error) : [] };
}

function framesOf(error: Error): string[] {
  const stack = error.stack ?? "";
  const at = stack.indexOf(error.message);
  const rest = at < 0 ? stack : stack.slice(at + error.message.length);
  const frames = rest.split("\n").filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return frames.slice(0, MAX_FRAMES).map((line) => line.trim());
}

/** "TypeError", "Error (ECONNRESET)" */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const code = "code" in error ? error.code : undefined;
  const isPlain =
    typeof code === "number" || (typeof code === "string" && /^[\w/-]{1,60}$/.test(code));
  return isPlain ? `${error.constructor.name} (${code})` : error.constructor.name;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
