import { describe, expect, it } from "@jest/globals";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";
import { type Fields, trackUsage } from "./testing/requests.ts";
import { PROVIDERS, trackUsageRequest } from "./track-usage.ts";

const said = (fields: Fields) => refusal(trackUsageRequest, { ...trackUsage, ...fields });
const nested = (levels: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);

describe("trackUsage", () => {
  it("passes the usage on as the provider wrote it", () => {
    expect(parse(trackUsageRequest, trackUsage)).toEqual(trackUsage);
  });

  it("takes a call for ok and for one without latency unless told", () => {
    const rest = { ...trackUsage, status: undefined, latencyMs: undefined };
    expect(parse(trackUsageRequest, rest)).toMatchObject({ status: "ok", latencyMs: 0 });
  });

  it.each(["requestId", "userId", "provider", "model", "usage"])("requires %s", (field) => {
    expect(said({ [field]: undefined })).toBe(`${field}: is required`);
  });

  it.each(PROVIDERS)("knows the provider %s", (provider) => {
    expect(said({ provider })).toBeUndefined();
  });

  it.each<[Fields, string | undefined]>([
    [
      { provider: "OpenAI" },
      `provider: must be ${PROVIDERS.map((name) => `"${name}"`).join(" or ")}`,
    ],
    [{ usage: {} }, undefined],
    [{ usage: [] }, "usage: must be an object"],
    [{ usage: null }, "usage: must be an object"],
    [{ usage: { total_tokens: Number.NaN } }, "usage.total_tokens: must be a finite number"],
    [{ usage: nested(6) }, undefined],
    [{ usage: nested(7) }, "usage: must not be nested deeper than 6 levels"],
    [{ usage: { a: "x".repeat(8_184) } }, undefined],
    [{ usage: { a: "x".repeat(8_185) } }, "usage: must be at most 8192 bytes as JSON"],
    [{ latencyMs: 0 }, undefined],
    [{ latencyMs: -1 }, "latencyMs: must be at least 0"],
    [{ latencyMs: 86_400_001 }, "latencyMs: must be at most 86400000"],
    [{ latencyMs: 0.5 }, "latencyMs: must be an integer"],
    [{ status: "aborted" }, 'status: must be "ok" or "error"'],
    [{ orgId: "acme" }, "orgId: is not a known field"],
    [{ department: "sales" }, "department: is not a known field"],
  ])("answers %j with %s", (fields, problem) => {
    expect(said(fields)).toBe(problem);
  });
});
