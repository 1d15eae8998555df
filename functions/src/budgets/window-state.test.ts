import { expect, it } from "@jest/globals";
import { applicableWindows } from "./applicable.ts";
import { sampleBudget } from "./testing/sample-budget.ts";
import { windowState } from "./window-state.ts";

it.each([
  [0, 0, 5_000_000_000],
  [3_000_000_000, 1_500_000_000, 500_000_000],
  [5_000_000_000, 1, 0],
])("leaves of 5 dollars what is neither spent (%d) nor held (%d): %d", (spent, held, left) => {
  const ids = {
    userId: "alice",
    apiKeyId: null,
    sessionId: null,
    agent: null,
    department: null,
    orgId: null,
    projectId: "demo",
  };
  const [window] = applicableWindows([sampleBudget()], ids, Date.parse("2026-11-22T14:00:00Z"));
  expect(window && windowState(window, { spent, held })).toEqual({
    budgetId: "user:*:usd:month",
    scope: "user",
    scopeId: "alice",
    unit: "usd",
    window: "month",
    period: "2026-11",
    limit: 5_000_000_000,
    spent,
    held,
    left,
    resetsAt: "2026-12-01T00:00:00.000Z",
    enforcement: "alert",
  });
});
