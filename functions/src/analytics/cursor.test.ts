import { describe, expect, it } from "@jest/globals";
import { entryCursor, entryPosition, monthCursor, monthPosition } from "./cursor.ts";

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const ENTRY_ID = "abcdefghijklmnopqrstuvwxyz";

describe("a cursor", () => {
  it("says where a page of entries ended", () => {
    const position = { day: "2026-11-22", startedAtMs: 1_795_000_000_123, entryId: ENTRY_ID };
    expect(entryPosition(entryCursor(position))).toEqual(position);
  });

  it("says where a page of users ended", () => {
    const position = { costNanoUsd: -5, userId: "火/..🔥" };
    expect(monthPosition(monthCursor(position))).toEqual(position);
  });

  it.each([
    ["no base64", "%%%"],
    ["no JSON", "aGVsbG8"],
    ["another shape", encode({ day: "2026-11-22" })],
    ["too few parts", encode(["2026-11-22", 1])],
    ["no day", encode(["22 Nov", 1, ENTRY_ID])],
    ["no instant", encode(["2026-11-22", 1.5, ENTRY_ID])],
    ["an instant beyond time", encode(["2026-11-22", 8.64e15 + 1, ENTRY_ID])],
    ["a path for an id", encode(["2026-11-22", 1, "a/b"])],
    ["one of another list", monthCursor({ costNanoUsd: 1, userId: "alice" })],
    ["thousands of characters", "a".repeat(10_000)],
  ])("of entries is refused with %s", (_, cursor) => {
    expect(() => entryPosition(cursor)).toThrow("cursor: is not one that a list gave");
  });

  it.each([
    ["no amount", encode([null, "alice"])],
    ["half a nano-dollar", encode([0.5, "alice"])],
    ["no user", encode([1, ""])],
    ["a lone surrogate", encode([1, "\ud800"])],
  ])("of users is refused with %s", (_, cursor) => {
    expect(() => monthPosition(cursor)).toThrow("cursor: is not one that a list gave");
  });
});
