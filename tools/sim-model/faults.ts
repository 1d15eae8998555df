import type { Fault } from "./directives.ts";
import { type ApiError, brokenServer, overloaded, rateLimited } from "./errors.ts";
import { type Exchange, sendError, settle } from "./exchange.ts";

const DEFAULT_RETRY_AFTER_SECONDS = 1;

/** Fails instead of answering, and bills nothing for it. */
export function fail(
  exchange: Exchange,
  fault: Exclude<Fault, "badjson">,
  retryAfterSeconds: number | undefined,
): void {
  if (fault === "timeout" || fault === "reset") {
    settle(exchange, "fault", null, null);
    if (fault === "reset") exchange.request.socket.resetAndDestroy();
    return;
  }
  sendError(
    exchange,
    errorOf(fault, exchange.facts.modelRequested ?? "", retryAfterSeconds),
    "fault",
  );
}

function errorOf(
  status: "429" | "500" | "503",
  model: string,
  retryAfterSeconds: number | undefined,
): ApiError {
  if (status === "429") return rateLimited(model, retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS);
  return status === "500" ? brokenServer() : overloaded(retryAfterSeconds);
}
