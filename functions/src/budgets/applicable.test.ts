import { describe, expect, it } from "@jest/globals";
import { applicableWindows, type ScopeIds } from "./applicable.ts";
import { type Budget, type BudgetScope, sessionScopeId } from "./budget.ts";
import { sampleBudget } from "./testing/sample-budget.ts";

const AT_MS = Date.parse("2026-11-22T14:03:05Z");
const IDS: ScopeIds = {
  userId: "alice",
  apiKeyId: "key 1",
  sessionId: "s/1",
  agent: "planner",
  department: "R&D",
  orgId: "acme",
  projectId: "demo",
};

describe("applicableWindows", () => {
  it.each<[BudgetScope, string, string, string | null]>([
    ["user", "alice", "user:alice:usd:month_2026-11", "alice"],
    ["key", "key 1", "key:key%201:usd:month_2026-11", null],
    ["session", "alice_s%2F1", "session:alice_s%2F1:usd:month_2026-11", "alice"],
    ["agent", "planner", "agent:planner:usd:month_2026-11", null],
    ["department", "R&D", "department:R%26D:usd:month_2026-11", null],
    ["org", "acme", "org:acme:usd:month_2026-11", null],
    ["project", "demo", "project:demo:usd:month_2026-11", null],
  ])("finds a %s's own budget and everyone's default", (scope, scopeId, windowId, userId) => {
    const own = sampleBudget({ scope, scopeId });
    const everyones = sampleBudget({ scope });
    for (const budget of [own, everyones]) {
      expect(applicableWindows([budget], IDS, AT_MS)).toEqual([
        {
          budget,
          windowId,
          scopeId,
          userId,
          period: "2026-11",
          startMs: Date.parse("2026-11-01T00:00:00Z"),
          endMs: Date.parse("2026-12-01T00:00:00Z"),
        },
      ]);
    }
  });

  it("prefers one's own budget to the default of the same unit and window", () => {
    const own = sampleBudget({ scopeId: "alice", limit: 1 });
    const found = applicableWindows([sampleBudget(), own], IDS, AT_MS);
    expect(found.map(({ budget }) => budget)).toEqual([own]);
  });

  it("keeps the default of another unit or window beside one's own", () => {
    const own = sampleBudget({ scopeId: "alice" });
    const byDay = sampleBudget({ window: "day" });
    const byTokens = sampleBudget({ unit: "tokens" });
    expect(ids(applicableWindows([own, byDay, byTokens], IDS, AT_MS))).toEqual([
      "user:alice:usd:month_2026-11",
      "user:alice:usd:day_2026-11-22",
      "user:alice:tokens:month_2026-11",
    ]);
  });

  it("ignores budgets that have ended, an own one too: the default counts again", () => {
    const ended = sampleBudget({ scopeId: "alice", endedAt: new Date(0) });
    const everyones = sampleBudget();
    expect(applicableWindows([ended, everyones], IDS, AT_MS)[0]?.budget).toBe(everyones);
  });

  it("applies nobody else's budget", () => {
    const bobs = [
      sampleBudget({ scopeId: "bob" }),
      sampleBudget({ scope: "session", scopeId: sessionScopeId("bob", "s/1") }),
      sampleBudget({ scope: "org", scopeId: "zeta" }),
    ];
    expect(applicableWindows(bobs, IDS, AT_MS)).toEqual([]);
  });

  it("has none of a scope that the call does not name", () => {
    const nobody: ScopeIds = {
      ...IDS,
      apiKeyId: null,
      sessionId: null,
      agent: null,
      department: null,
      orgId: null,
    };
    const defaults = (["key", "session", "agent", "department", "org"] as const).map((scope) =>
      sampleBudget({ scope }),
    );
    expect(applicableWindows(defaults, nobody, AT_MS)).toEqual([]);
  });

  it('takes a user whose id is "*" for a user: his window is his, and everyone keeps the default', () => {
    const [window] = applicableWindows([sampleBudget()], { ...IDS, userId: "*" }, AT_MS);
    expect(window?.windowId).toBe("user:%2A:usd:month_2026-11");
    const forStar = { ...sampleBudget(), scopeKey: "%2A", budgetId: "user:%2A:usd:month" };
    expect(applicableWindows([forStar as Budget], IDS, AT_MS)).toEqual([]);
  });

  it("keeps sessions of different users apart, whatever their ids look like", () => {
    const everyones = [sampleBudget({ scope: "session" })];
    const one = applicableWindows(everyones, { ...IDS, userId: "a_b", sessionId: "c" }, AT_MS);
    const other = applicableWindows(everyones, { ...IDS, userId: "a", sessionId: "b_c" }, AT_MS);
    expect(ids(one)).not.toEqual(ids(other));
  });

  it.each([
    ["minute", "2026-11-22T14:03"],
    ["day", "2026-11-22"],
    ["lifetime", "all"],
  ] as const)("takes the period of the call's start: %s %s", (window, period) => {
    const [found] = applicableWindows([sampleBudget({ window })], IDS, AT_MS);
    expect(found).toMatchObject({ period, windowId: `user:alice:usd:${window}_${period}` });
  });
});

function ids(windows: readonly { readonly windowId: string }[]): string[] {
  return windows.map(({ windowId }) => windowId);
}
