import { describe, expect, it } from "@jest/globals";
import { getSessionUsage } from "./get-session-usage.ts";
import { memoryStore } from "./testing/memory-store.ts";
import { expectedTotals } from "./testing/oracle.ts";
import { sampleEntry } from "./testing/sample-entries.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 12);
const SESSION = { userId: "alice", sessionId: "s/1" };

const ENTRIES = [
  sampleEntry({ n: 1, startedAt: at(10), ...SESSION, agent: "~none", inputCostNanoUsd: 100 }),
  sampleEntry({
    n: 2,
    startedAt: at(4),
    ...SESSION,
    model: "openai/gpt-4.1",
    inputCostNanoUsd: 55,
  }),
  sampleEntry({ n: 3, startedAt: at(7), userId: "alice", sessionId: "s" }),
  sampleEntry({ n: 4, startedAt: at(7), userId: "bob", sessionId: "s/1" }),
];

function at(minute: number): Date {
  return new Date(Date.UTC(2026, 10, 20, 9, minute));
}

describe("a session's usage", () => {
  it("is that of its calls alone, in whatever order they came", async () => {
    const report = await getSessionUsage(memoryStore(ENTRIES), SESSION, NOW_MS);
    const [first, second] = ENTRIES.map((entry) => expectedTotals([entry]));
    expect(report).toEqual({
      ...SESSION,
      totals: expectedTotals(ENTRIES.slice(0, 2)),
      byModel: { "openai/gpt-4o-mini": first, "openai/gpt-4.1": second },
      byAgent: { "%7Enone": first, "~none": second },
      firstAt: "2026-11-20T09:04:00.000Z",
      lastAt: "2026-11-20T09:10:00.000Z",
      durationMs: 360_000,
      costPerCallNanoUsd: 78,
      asOf: "2026-11-22T12:00:00.000Z",
      pendingEntries: 0,
      source: "aggregate",
      documentsRead: 1,
    });
  });

  it("says how many of its entries are not in it yet", async () => {
    const [first, ...waiting] = ENTRIES;
    const store = memoryStore(first ? [first] : [], waiting);
    expect((await getSessionUsage(store, SESSION, NOW_MS)).pendingEntries).toBe(1);
  });

  it("of a session that nobody had is NOT_FOUND", async () => {
    const missing = { userId: "alice", sessionId: "s_1" };
    await expect(getSessionUsage(memoryStore(ENTRIES), missing, NOW_MS)).rejects.toMatchObject({
      reason: "NOT_FOUND",
      facts: { sessionId: "s_1" },
    });
  });
});
