import { describe, expect, it } from "@jest/globals";
import { compareNewestFirst, edgesOf, isInside } from "./edges.ts";

const at = (text: string) => Date.parse(text);

function position(day: string, startedAt: string, entryId = "a") {
  return { day, startedAtMs: at(startedAt), entryId };
}

describe("a range of whole days", () => {
  const edges = edgesOf({ fromMs: at("2026-11-20"), toMs: at("2026-11-22") });

  it.each([
    ["2026-11-19", "2026-11-19T23:59:59.999Z", false],
    ["2026-11-20", "2026-11-20T00:00:00Z", true],
    ["2026-11-20", "2026-10-01T00:00:00Z", true],
    ["2026-11-21", "2026-11-21T23:59:59.999Z", true],
    ["2026-11-22", "2026-11-22T00:00:00Z", false],
    ["2026-11-22", "2026-11-20T12:00:00Z", false],
  ])("holds what is booked on %s and began at %s: %s", (day, startedAt, isHeld) => {
    expect(isInside(position(day, startedAt), edges)).toBe(isHeld);
  });
});

describe("a range of hours", () => {
  const edges = edgesOf({ fromMs: at("2026-11-20T10:00:00Z"), toMs: at("2026-11-20T11:00:00Z") });

  it.each([
    ["2026-11-20T09:59:59.999Z", false],
    ["2026-11-20T10:00:00Z", true],
    ["2026-11-20T10:59:59.999Z", true],
    ["2026-11-20T11:00:00Z", false],
  ])("holds what began at %s: %s", (startedAt, isHeld) => {
    expect(isInside(position("2026-11-20", startedAt), edges)).toBe(isHeld);
  });

  it("holds a late booking only with the day's beginning", () => {
    const late = position("2026-11-20", "2026-11-01T10:30:00Z");
    expect(isInside(late, edges)).toBe(false);
    const morning = edgesOf({ fromMs: at("2026-11-20"), toMs: at("2026-11-20T01:00:00Z") });
    expect(isInside(late, morning)).toBe(true);
  });
});

describe("entries", () => {
  it("are in every range that is open on both sides", () => {
    expect(isInside(position("2026-11-20", "2026-11-20T10:00:00Z"), edgesOf({}))).toBe(true);
  });

  it("stand by day, start and id, newest first", () => {
    const sorted = [
      position("2026-11-21", "2026-11-21T10:00:00Z", "b"),
      position("2026-11-21", "2026-11-21T10:00:00Z", "a"),
      position("2026-11-21", "2026-11-01T10:00:00Z"),
      position("2026-11-20", "2026-11-20T10:00:00Z"),
    ];
    expect([...sorted].reverse().sort(compareNewestFirst)).toEqual(sorted);
    expect(compareNewestFirst(position("d", "2026-11-20"), position("d", "2026-11-20"))).toBe(0);
  });
});
