import { describe, expect, it } from "@jest/globals";
import type { HttpHeaders } from "../transport/http.ts";
import { retryAfterSecondsOf } from "./retry-after.ts";

const NOW_MS = Date.parse("2026-11-22T10:00:00Z");

describe("retryAfterSecondsOf", () => {
  it.each<[HttpHeaders, number | undefined]>([
    [{ "retry-after": "20" }, 20],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "1.2" }, 2],
    [{ "retry-after-ms": "1200" }, 2],
    [{ "retry-after-ms": "250", "retry-after": "20" }, 1],
    [{ "retry-after": "Sun, 22 Nov 2026 10:01:30 GMT" }, 90],
    [{ "retry-after": "Sun, 22 Nov 2026 09:00:00 GMT" }, 0],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-5000x" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": ["1", "2"] }, undefined],
    [{}, undefined],
  ])("reads %j as %p seconds", (headers, seconds) => {
    expect(retryAfterSecondsOf(headers, NOW_MS)).toBe(seconds);
  });
});
