import { describe, expect, it } from "@jest/globals";
import { comparisonOf, isoRange, reportRange } from "./range.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 14, 3);

function range(from: string, to: string) {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}

function compared(from: string, to: string, nowMs = NOW_MS) {
  const comparison = comparisonOf(range(from, to), nowMs);
  return comparison && [isoRange(comparison.current), isoRange(comparison.previous)].map(short);
}

function short({ from, to }: { from: string; to: string }): string {
  return `${from.slice(0, 16)} ${to.slice(0, 16)}`.replaceAll("T00:00", "");
}

describe("the range of a report", () => {
  it("stays as it is when it is past", () => {
    const past = range("2026-11-01", "2026-11-22T14:02:59Z");
    expect(reportRange(past, NOW_MS)).toEqual(past);
  });

  it("is given the whole day when it is open and begins at midnight", () => {
    expect(reportRange({ fromMs: Date.UTC(2026, 10, 1), toMs: NOW_MS }, NOW_MS)).toEqual(
      range("2026-11-01", "2026-11-23"),
    );
  });

  it("stays as it is when it begins within a day", () => {
    const open = { fromMs: NOW_MS - 3_600_000, toMs: NOW_MS };
    expect(reportRange(open, NOW_MS)).toEqual(open);
  });

  it("is refused when it is empty", () => {
    expect(() => reportRange(range("2026-11-01", "2026-11-01"), NOW_MS)).toThrow(/before to/);
  });

  it.each([
    [400, true],
    [401, false],
  ])("may have %i days: %s", (days, isAllowed) => {
    const toMs = Date.UTC(2026, 10, 1);
    const check = () => reportRange({ fromMs: toMs - days * 86_400_000, toMs }, NOW_MS);
    if (isAllowed) expect(check).not.toThrow();
    else expect(check).toThrow(/at most 400 days/);
  });
});

describe("what is compared", () => {
  it("are the complete days of the month to date with as many of the month before", () => {
    const expected = ["2026-11-01 2026-11-22", "2026-10-01 2026-10-22"];
    expect(compared("2026-11-01", "2026-11-23")).toEqual(expected);
    expect(compared("2026-11-01", "2026-12-01")).toEqual(expected);
  });

  it("is all of a month before that is shorter", () => {
    expect(compared("2026-03-01", "2026-04-01", Date.UTC(2026, 2, 31, 9))).toEqual([
      "2026-03-01 2026-03-31",
      "2026-02-01 2026-03-01",
    ]);
  });

  it("are n days with the n days before them when all are complete", () => {
    expect(compared("2026-11-15", "2026-11-22")).toEqual([
      "2026-11-15 2026-11-22",
      "2026-11-08 2026-11-15",
    ]);
  });

  it("leaves today out on both sides, so that weekdays stay side by side", () => {
    expect(compared("2026-11-16", "2026-11-23")).toEqual([
      "2026-11-16 2026-11-22",
      "2026-11-09 2026-11-15",
    ]);
  });

  it("are a past month and as many days before it", () => {
    expect(compared("2026-10-01", "2026-11-01")).toEqual([
      "2026-10-01 2026-11-01",
      "2026-08-31 2026-10-01",
    ]);
  });

  it("are hours with as many hours before, until now at most", () => {
    expect(compared("2026-11-22T12:03:00Z", "2026-11-23T00:00:00Z")).toEqual([
      "2026-11-22T12:03 2026-11-22T14:03",
      "2026-11-22T10:03 2026-11-22T12:03",
    ]);
  });

  it.each([
    ["today", "2026-11-22", "2026-11-23"],
    ["days to come", "2026-11-25", "2026-11-27"],
  ])("is nothing for %s", (_, from, to) => {
    expect(compared(from, to)).toBeUndefined();
  });
});
