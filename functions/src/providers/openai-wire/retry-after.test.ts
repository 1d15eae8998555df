import { describe, expect, it } from "@jest/globals";
import type { HttpHeaders } from "../transport/http.ts";
import { retryAfterMsOf } from "./retry-after.ts";

const NOW_MS = Date.parse("2026-11-22T10:00:00Z");

describe("retryAfterMsOf", () => {
  it.each<[HttpHeaders, number | undefined]>([
    [{ "retry-after": "20" }, 20_000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "1.2" }, 1_200],
    [{ "retry-after-ms": "1200" }, 1_200],
    [{ "retry-after-ms": "50" }, 50],
    [{ "retry-after-ms": "0.5" }, 1],
    [{ "retry-after-ms": "250", "retry-after": "20" }, 250],
    [{ "retry-after": "Sun, 22 Nov 2026 10:01:30 GMT" }, 90_000],
    [{ "retry-after": "Sun, 22 Nov 2026 09:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5000x" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": ["1", "2"] }, undefined],
    [{}, undefined],
  ])("reads %j as %p ms", (headers, ms) => {
    expect(retryAfterMsOf(headers, NOW_MS)).toBe(ms);
  });
});
