import { describe, expect, it } from "@jest/globals";
import { listEntriesRequest } from "./entries.ts";
import { parse } from "./parse.ts";
import { getSessionUsageRequest, getTopUsersRequest, getUsageRequest } from "./reports.ts";
import { refusal } from "./testing/refusal.ts";
import type { Fields } from "./testing/requests.ts";

describe("reports", () => {
  it("take an empty request", () => {
    expect(parse(getUsageRequest, {})).toEqual({});
    expect(parse(getTopUsersRequest, {})).toEqual({ limit: 50 });
    expect(parse(listEntriesRequest, {})).toEqual({ limit: 50 });
  });

  it.each<[Fields, string | undefined]>([
    [{ groupBy: "department" }, undefined],
    [{ groupBy: "user" }, /^groupBy: must be "model" or/.source],
    [{ compare: "previous" }, undefined],
    [{ compare: "year" }, 'compare: must be "previous"'],
    [{ filters: {} }, undefined],
    [{ filters: { status: "aborted", apiKeyId: "k1" } }, undefined],
    [
      { filters: { status: "fine" } },
      'filters.status: must be "ok" or "error" or "aborted" or "expired"',
    ],
    [{ filters: { colour: "red" } }, "filters.colour: is not a known field"],
    [{ filters: { agent: 5 } }, "filters.agent: must be a string"],
    [{ filters: "agent" }, "filters: must be an object"],
    [{ userId: "a/b" }, undefined],
    [{ userId: "x".repeat(10_000) }, "userId: must be at most 128 characters"],
    [{ from: "yesterday" }, /^from: must be an ISO date or instant/.source],
  ])("answer getUsage %j with %s", (fields, problem) => {
    const said = refusal(getUsageRequest, fields);
    if (problem?.startsWith("^")) expect(said).toMatch(new RegExp(problem));
    else expect(said).toBe(problem);
  });

  it("require a session", () => {
    expect(refusal(getSessionUsageRequest, {})).toBe("sessionId: is required");
  });

  it.each(["2026-11", "2026-01", "2000-12"])("take the month %s", (month) => {
    expect(refusal(getTopUsersRequest, { month })).toBeUndefined();
  });

  it.each(["2026-13", "2026-00", "2026-1", "1999-01", "2026-11-01", ""])(
    "refuse the month %j",
    (month) => {
      expect(refusal(getTopUsersRequest, { month })).toBe(
        'month: must be a month such as "2026-11"',
      );
    },
  );
});
