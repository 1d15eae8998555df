import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { instant, type RangeFields, rangeFields, resolveRange, trackedAtMs } from "./ranges.ts";
import { refusal, refusalBy } from "./testing/refusal.ts";

const NOW_MS = Date.parse("2026-11-22T14:03:21.500Z");
const iso = (ms: number) => new Date(ms).toISOString();

function rangeOf(fields: RangeFields): string[] {
  const { fromMs, toMs } = resolveRange(fields, NOW_MS);
  return [iso(fromMs), iso(toMs)];
}

describe("instant", () => {
  const schema = z.strictObject({ at: instant });
  const shape =
    'at: must be an ISO date or instant, such as "2026-11-22" or "2026-11-22T14:03:00Z"';

  it.each([
    "2026-11-22",
    "2024-02-29",
    "2026-11-22T14:03:00Z",
    "2026-11-22T14:03:00.123456Z",
    "2026-11-22T14:03:00+01:00",
    "2000-01-01",
    "2099-12-31T23:59:59Z",
  ])("takes %s", (at) => expect(refusal(schema, { at })).toBeUndefined());

  it.each([
    "",
    "2026-02-30",
    "2025-02-29",
    "2026-13-01",
    "2026-11-22T14:03:00",
    "2026-11-22T14:03Z",
    "22.11.2026",
    "now",
    "2026-11-22T25:00Z",
  ])("refuses %j", (at) => expect(refusal(schema, { at })).toBe(shape));

  it.each(["1999-12-31", "2100-01-01", "0000-01-01T00:00:00+23:59"])("refuses %s", (at) => {
    expect(refusal(schema, { at })).toBe("at: must be from 2000 to 2099");
  });

  it("refuses more than 40 characters and other types", () => {
    const long = `2026-11-22T14:03:00.${"0".repeat(1_000)}Z`;
    expect(refusal(schema, { at: long })).toBe("at: must be at most 40 characters");
    expect(refusal(schema, { at: NOW_MS })).toBe("at: must be a string");
  });
});

describe("resolveRange", () => {
  it("is the month to date by default, today included", () => {
    expect(rangeOf({})).toEqual(["2026-11-01T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]);
  });

  it("counts today as the last of n days", () => {
    expect(rangeOf({ days: 1 })).toEqual(["2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"]);
    expect(rangeOf({ days: 30 })[0]).toBe("2026-10-24T00:00:00.000Z");
  });

  it("takes dates as their first instant, so that `to` is exclusive", () => {
    expect(rangeOf({ from: "2026-10-01", to: "2026-11-01" })).toEqual([
      "2026-10-01T00:00:00.000Z",
      "2026-11-01T00:00:00.000Z",
    ]);
  });

  it("takes instants with their offset", () => {
    const [from] = rangeOf({ from: "2026-11-22T01:00:00+02:00", to: "2026-11-22" });
    expect(from).toBe("2026-11-21T23:00:00.000Z");
  });

  it("ends with today when only `from` is given", () => {
    expect(rangeOf({ from: "2026-11-20" })[1]).toBe("2026-11-23T00:00:00.000Z");
  });

  it.each<[RangeFields, string]>([
    [{ days: 7, from: "2026-11-01" }, "days: must not be given together with from or to"],
    [{ days: 7, to: "2026-11-01" }, "days: must not be given together with from or to"],
    [{ to: "2026-11-01" }, "from: is required with to"],
    [{ from: "2026-11-02", to: "2026-11-02" }, "from: must be before to"],
    [{ from: "2026-11-02", to: "2026-11-01" }, "from: must be before to"],
    [{ from: "2026-11-23" }, "from: must be before the end of today"],
    [{ from: "2025-01-01", to: "2026-02-06" }, "from: must be at most 400 days before to"],
  ])("refuses %j", (fields, said) => {
    expect(refusalBy(() => resolveRange(fields, NOW_MS))).toBe(said);
  });

  it("takes 400 days", () => {
    expect(rangeOf({ from: "2025-01-01", to: "2026-02-05" })).toHaveLength(2);
  });

  it.each([
    [0, "days: must be at least 1"],
    [1, undefined],
    [400, undefined],
    [401, "days: must be at most 400"],
    [1.5, "days: must be an integer"],
    ["7", "days: must be a number"],
  ])("answers %s days with %s", (days, said) => {
    expect(refusal(z.strictObject(rangeFields), { days })).toBe(said);
  });
});

describe("trackedAtMs", () => {
  const tracked = (at: string | undefined, now = NOW_MS) => refusalBy(() => trackedAtMs(at, now));
  const tooOld = "at: must be at most 13 months ago";

  it("is now unless told", () => {
    expect(trackedAtMs(undefined, NOW_MS)).toBe(NOW_MS);
  });

  it("takes an instant from 13 months ago to 5 minutes ahead", () => {
    expect(trackedAtMs("2026-11-01", NOW_MS)).toBe(Date.parse("2026-11-01"));
    expect(tracked("2025-10-22T14:03:21.500Z")).toBeUndefined();
    expect(tracked("2025-10-22T14:03:21.499Z")).toBe(tooOld);
    expect(tracked("2026-11-22T14:08:21.500Z")).toBeUndefined();
    expect(tracked("2026-11-22T14:08:21.501Z")).toBe("at: must be at most 5 minutes ahead");
  });

  it("takes the last day of a month that is too short", () => {
    const now = Date.parse("2026-03-31T00:00:00Z");
    expect(tracked("2025-02-28T00:00:00Z", now)).toBeUndefined();
    expect(tracked("2025-02-27T23:59:59Z", now)).toBe(tooOld);
  });
});
