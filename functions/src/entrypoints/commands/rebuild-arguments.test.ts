import { describe, expect, it } from "@jest/globals";
import { rebuildTarget } from "./rebuild-arguments.ts";
import { differenceTable, rebuildSummary } from "./rebuild-report.ts";

const NOW_MS = Date.parse("2026-11-24T12:00:00Z");

describe("what a rebuild is asked for", () => {
  it.each([
    [["user", "alice", "2026-11"], { kind: "user", userId: "alice", month: "2026-11" }],
    [["session", "alice", "s/1"], { kind: "session", userId: "alice", sessionId: "s/1" }],
    [["day", "2026-11-22"], { kind: "day", day: "2026-11-22" }],
    [
      ["window", "user:a:usd:day_2026-11-22"],
      { kind: "window", windowId: "user:a:usd:day_2026-11-22" },
    ],
    [["month", "2026-11"], { kind: "month", month: "2026-11" }],
    [["compare"], { kind: "moved", since: new Date(NOW_MS - 24 * 3_600_000) }],
    [["compare", "2"], { kind: "moved", since: new Date(NOW_MS - 2 * 3_600_000) }],
  ])("is %j", (words, target) => {
    expect(rebuildTarget(words, NOW_MS)).toEqual(target);
  });

  it.each([
    [[]],
    [["everything"]],
    [["user", "alice"]],
    [["user", "alice", "2026-13"]],
    [["day", "22.11.2026"]],
    [["month", "2026-11", "2026-12"]],
    [["compare", "soon"]],
    [["session", "a", "b", "c"]],
  ])("is nothing for %j", (words) => {
    expect(rebuildTarget(words, NOW_MS)).toBeUndefined();
  });
});

describe("what a rebuild says", () => {
  const doc = { collection: "usage_monthly", id: "alice_2026-11" } as const;
  const leaves = [{ leaf: "totals > calls", was: null, is: 12, difference: 12 }];

  it("is a line per number that differs, in columns", () => {
    const found = [{ doc, outcome: "wrong" as const, leaves, isRepaired: true }];
    expect(differenceTable(found).split("\n")).toEqual([
      "aggregate                    number          is stored as  should be  difference",
      "usage_monthly/alice_2026-11  totals > calls  -             12         12",
    ]);
    expect(rebuildSummary(found, 0)).toBe("1 compared, 0 sealed, 1 differ, 1 repaired, 0 failed");
  });
});
