import type { HttpHeaders } from "../transport/http.ts";

/**
 * How long the provider asks to wait, in whole milliseconds, rounded up: `retry-after-ms: 50` -> 50, `retry-after: 20`
 * -> 20 000, `retry-after: Wed, 21 Oct 2026 07:28:00 GMT` -> the time until then, 0 when it is past.
 * undefined when it asks for nothing, or for nothing that can be read.
 */
export function retryAfterMsOf(headers: HttpHeaders, nowMs: number): number | undefined {
  const waitMs = millisecondsOf(headers) ?? secondsOrDateMs(headers["retry-after"], nowMs);
  return waitMs === undefined ? undefined : Math.ceil(Math.max(0, waitMs));
}

function millisecondsOf(headers: HttpHeaders): number | undefined {
  return decimalOf(headers["retry-after-ms"]);
}

function secondsOrDateMs(value: HttpHeaders[string], nowMs: number): number | undefined {
  const seconds = decimalOf(value);
  if (seconds !== undefined) return seconds * 1000;
  const atMs = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}

function decimalOf(value: HttpHeaders[string]): number | undefined {
  return typeof value === "string" && /^\d{1,12}(\.\d+)?$/.test(value) ? Number(value) : undefined;
}
