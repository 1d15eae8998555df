import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  DAY_MS,
  dayOf,
  daysBetween,
  hourOf,
  monthEndMs,
  monthOf,
  monthStartMs,
  monthsBetween,
  periodBounds,
  periodOf,
  WINDOWS,
} from "./period.ts";

const at = (instant: string): number => Date.parse(instant);

const instantMs = fc.integer({ min: 0, max: at("2100-01-01T00:00:00Z") });

describe("day, month and hour", () => {
  it.each([
    ["2026-11-22T23:59:59.999Z", "2026-11-22", "2026-11", 23],
    ["2026-11-23T00:00:00.000Z", "2026-11-23", "2026-11", 0],
    ["2026-12-31T23:59:59.999Z", "2026-12-31", "2026-12", 23],
    ["2027-01-01T00:00:00.000Z", "2027-01-01", "2027-01", 0],
    ["2024-02-29T12:00:00.000Z", "2024-02-29", "2024-02", 12],
    ["2026-11-23T01:30:00.000+02:00", "2026-11-22", "2026-11", 23],
  ])("of %s are those of UTC", (instant, day, month, hour) => {
    expect([dayOf(at(instant)), monthOf(at(instant)), hourOf(at(instant))]).toEqual([
      day,
      month,
      hour,
    ]);
  });
});

describe("periodOf", () => {
  it.each([
    ["minute", "2026-11-22T14:03"],
    ["day", "2026-11-22"],
    ["month", "2026-11"],
    ["lifetime", "all"],
  ] as const)("names the %s", (window, period) => {
    expect(periodOf(window, at("2026-11-22T14:03:59.999Z"))).toBe(period);
  });
});

describe("periodBounds", () => {
  it.each([
    ["minute", "2026-11-22T23:59", "2026-11-22T23:59:00Z", "2026-11-23T00:00:00Z"],
    ["day", "2026-12-31", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["month", "2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"],
    ["month", "2024-02", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
    ["month", "2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
  ] as const)("of the %s %s are half-open", (window, period, start, end) => {
    expect(periodBounds(window, period)).toEqual({ startMs: at(start), endMs: at(end) });
  });

  it("leave a lifetime open", () => {
    expect(periodBounds("lifetime", "all")).toEqual({ startMs: 0, endMs: undefined });
  });

  it("hold every instant of the period and no other", () => {
    fc.assert(
      fc.property(fc.constantFrom(...WINDOWS), instantMs, (window, atMs) => {
        const period = periodOf(window, atMs);
        const { startMs, endMs } = periodBounds(window, period);
        expect(startMs <= atMs && (endMs === undefined || atMs < endMs)).toBe(true);
        expect(periodOf(window, startMs)).toBe(period);
        if (endMs === undefined) return;
        expect(periodOf(window, endMs - 1)).toBe(period);
        expect(periodOf(window, endMs)).not.toBe(period);
      }),
    );
  });
});

describe("daysBetween", () => {
  it.each([
    ["2026-11-22T00:00:00Z", "2026-11-23T00:00:00Z", ["2026-11-22"]],
    ["2026-11-22T00:00:00Z", "2026-11-23T00:00:00.001Z", ["2026-11-22", "2026-11-23"]],
    ["2026-11-22T23:59:59.999Z", "2026-11-23T00:00:00.001Z", ["2026-11-22", "2026-11-23"]],
    ["2024-02-28T12:00:00Z", "2024-03-01T00:00:00Z", ["2024-02-28", "2024-02-29"]],
    ["2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z", []],
    ["2026-11-23T00:00:00Z", "2026-11-22T00:00:00Z", []],
  ])("from %s to %s", (from, to, days) => {
    expect(daysBetween(at(from), at(to))).toEqual(days);
  });

  it("names each day of a non-empty range once, in order, from its first to its last instant", () => {
    fc.assert(
      fc.property(instantMs, fc.integer({ min: 1, max: 400 * DAY_MS }), (fromMs, lengthMs) => {
        const days = daysBetween(fromMs, fromMs + lengthMs);
        expect(days[0]).toBe(dayOf(fromMs));
        expect(days.at(-1)).toBe(dayOf(fromMs + lengthMs - 1));
        const starts = days.map((day) => at(day));
        expect(
          starts.every((startMs, n) => n === 0 || startMs - (starts[n - 1] ?? 0) === DAY_MS),
        ).toBe(true);
      }),
    );
  });
});

describe("months", () => {
  it.each([
    ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z", ["2026-11"]],
    ["2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00.001Z", ["2026-11", "2026-12"]],
    ["2026-12-15T00:00:00Z", "2027-02-01T00:00:00Z", ["2026-12", "2027-01"]],
    ["2026-11-15T00:00:00Z", "2026-11-15T00:00:00Z", []],
    ["2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z", []],
  ])("from %s to %s", (from, to, months) => {
    expect(monthsBetween(at(from), at(to))).toEqual(months);
  });

  it("follow each other without a gap", () => {
    fc.assert(
      fc.property(instantMs, (atMs) => {
        const month = monthOf(atMs);
        expect(monthOf(monthEndMs(month) - 1)).toBe(month);
        expect(monthStartMs(monthOf(monthEndMs(month)))).toBe(monthEndMs(month));
      }),
    );
  });

  it("are those of the days", () => {
    fc.assert(
      fc.property(instantMs, fc.nat(100 * DAY_MS), (fromMs, lengthMs) => {
        const ofDays = daysBetween(fromMs, fromMs + lengthMs).map((day) => day.slice(0, 7));
        expect(monthsBetween(fromMs, fromMs + lengthMs)).toEqual([...new Set(ofDays)]);
      }),
    );
  });
});
