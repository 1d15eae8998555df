import { describe, expect, it } from "@jest/globals";
import { amountIn, contributionsOf, keyOf, type TargetedContribution } from "./contributions.ts";
import type { Entry } from "./entry.ts";
import type { Counters } from "./plan.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";
import type { WindowMove } from "./window-move.ts";

const STARTED_MS = Date.parse("2026-11-22T14:03:05.250Z");

const WINDOW: WindowMove = {
  windowId: "user:al%5Fice:usd:month_2026-11",
  budgetId: "user:*:usd:month",
  scope: "user",
  scopeId: "al_ice",
  userId: "al_ice",
  unit: "usd",
  window: "month",
  period: "2026-11",
  mover: "trigger",
  reserved: 0,
  since: new Date("2026-11-01T00:00:00Z"),
  expireAt: new Date("2028-01-05T00:00:00Z"),
};

const ATTRIBUTION = {
  userId: "al_ice",
  orgId: "acme",
  department: "R&D",
  sessionId: "s/1",
  agent: "planner",
  phase: "draft",
  operation: "chat",
};

/** 300 input tokens at 1 dollar and 50 output tokens at 4 dollars per million: 300 000 + 200 000 nanoUSD. */
const ADD = {
  requests: 1,
  calls: 1,
  inputTokens: 300,
  outputTokens: 50,
  totalTokens: 350,
  costNanoUsd: 500_000,
  inputCostNanoUsd: 300_000,
  outputCostNanoUsd: 200_000,
  latencyMsSum: 120,
  classes: { input: 300, output: 50 },
};
const THIN = { calls: 1, totalTokens: 350, costNanoUsd: 500_000 };

describe("contributionsOf", () => {
  it("adds a call to its user's month, by model, agent, operation and day", () => {
    expect(targetOf(entry(), "usage_monthly")).toEqual({
      doc: { collection: "usage_monthly", id: "al%5Fice_2026-11" },
      set: { userId: "al_ice", month: "2026-11", orgId: "acme", department: "R&D" },
      add: {
        totals: ADD,
        byModel: { "openai/gpt-4.1": ADD },
        byAgent: { planner: ADD },
        byOperation: { chat: ADD },
        byDay: { "2026-11-22": ADD },
      },
    });
  });

  it("adds it to its session, with the first and last start", () => {
    expect(targetOf(entry(), "usage_sessions")).toEqual({
      doc: { collection: "usage_sessions", id: "al%5Fice_s%2F1" },
      set: { userId: "al_ice", sessionId: "s/1" },
      add: { totals: ADD, byModel: { "openai/gpt-4.1": ADD }, byAgent: { planner: ADD } },
      min: { firstAtMs: STARTED_MS },
      max: { lastAtMs: STARTED_MS },
    });
  });

  it("adds it to a shard of the day, crossed thinly by hour, phase, department and org", () => {
    expect(targetOf(entry(), "usage_daily")).toEqual({
      doc: { collection: "usage_daily", id: "3_2026-11-22" },
      set: { day: "2026-11-22", shard: 3 },
      add: {
        totals: ADD,
        byModel: { "openai/gpt-4.1": ADD },
        byAgent: { planner: ADD },
        byDepartment: { "R%26D": ADD },
        byOrg: { acme: ADD },
        byHourModel: { "14|openai/gpt-4.1": THIN },
        byModelPhase: { "openai/gpt-4.1|draft": THIN },
        byDepartmentModel: { "R%26D|openai/gpt-4.1": THIN },
        byOrgModel: { "acme|openai/gpt-4.1": THIN },
        latencyMs: { "250": 1 },
        firstChunkMs: { "50": 1 },
      },
    });
  });

  it("adds it to a shard of the totals since the beginning", () => {
    expect(targetOf(entry(), "usage_totals")).toEqual({
      doc: { collection: "usage_totals", id: "3" },
      set: { shard: 3 },
      add: {
        totals: ADD,
        byModelPhase: { "openai/gpt-4.1|draft": THIN },
        byOperation: { chat: THIN },
        latencyMs: { "250": 1 },
        firstChunkMs: { "50": 1 },
      },
    });
  });

  it("moves the windows that it names by their unit, and describes them", () => {
    const { windowId, mover, reserved, ...described } = WINDOW;
    expect(targetOf(entry({ windows: [WINDOW] }), "budget_windows")).toEqual({
      doc: { collection: "budget_windows", id: windowId },
      set: described,
      add: { spent: 500_000 },
    });
  });

  it("leaves a window alone that has moved with the entry's own commit", () => {
    const settled = entry({ windows: [{ ...WINDOW, mover: "settle", reserved: 900 }] });
    expect(targetOf(settled, "budget_windows")).toBeUndefined();
  });

  it("counts what cost more than it was held for", () => {
    const { add } = targetOf(entry({ overrunNanoUsd: 70 }), "usage_totals") as TargetedContribution;
    expect(add).toMatchObject({ overruns: 1, overrunNanoUsd: 70 });
    expect(targetOf(entry(), "usage_totals")?.add).not.toHaveProperty("overruns");
  });

  it("leaves a window alone that it does not move", () => {
    const free = { ...entry({ windows: [WINDOW] }), add: { calls: 1, requests: 1 } };
    expect(targetOf(free, "budget_windows")).toBeUndefined();
  });

  it("has no session without one, and ~none for what the caller did not say", () => {
    const bare = entry({ sessionId: null, agent: null, phase: "", department: null, orgId: null });
    expect(targetOf(bare, "usage_sessions")).toBeUndefined();
    expect(targetOf(bare, "usage_monthly")?.set).toEqual({ userId: "al_ice", month: "2026-11" });
    expect(targetOf(bare, "usage_daily")?.add).toMatchObject({
      byAgent: { "~none": ADD },
      byDepartment: { "~none": ADD },
      byOrg: { "~none": ADD },
      byModelPhase: { "openai/gpt-4.1|~none": THIN },
    });
  });

  it("counts every model without a price under one key", () => {
    const unpriced = entry({ priceStatus: "unpriced" });
    expect(targetOf(unpriced, "usage_monthly")?.add.byModel).toEqual({ "~unknown": ADD });
    expect(targetOf(unpriced, "usage_daily")?.add.byHourModel).toEqual({ "14|~unknown": THIN });
  });

  it.each([
    ["an error", { status: "error" as const }],
    ["a call that was left", { status: "aborted" as const }],
    ["a correction", { kind: "correction" as const }],
  ])("keeps %s out of the histograms", (_what, more) => {
    expect(targetOf(entry(more), "usage_daily")?.add).not.toHaveProperty("latencyMs");
  });

  it("has no time to the first chunk for a call that did not stream", () => {
    const { add } = targetOf(entry({ firstChunkMs: null }), "usage_daily") as TargetedContribution;
    expect(add).toHaveProperty("latencyMs");
    expect(add).not.toHaveProperty("firstChunkMs");
  });

  it("lets the totals never fall: what is taken back counts up in credits", () => {
    const correction = entry({
      kind: "correction",
      add: { outputTokens: -20, totalTokens: -20, costNanoUsd: -80_000, errors: 1 },
    });
    expect(targetOf(correction, "usage_totals")?.add).toEqual({
      totals: { errors: 1 },
      byModelPhase: { "openai/gpt-4.1|draft": { errors: 1 } },
      byOperation: { chat: { errors: 1 } },
      credits: {
        totals: { outputTokens: 20, totalTokens: 20, costNanoUsd: 80_000 },
        byModelPhase: { "openai/gpt-4.1|draft": { totalTokens: 20, costNanoUsd: 80_000 } },
        byOperation: { chat: { totalTokens: 20, costNanoUsd: 80_000 } },
      },
    });
    expect(targetOf(correction, "usage_monthly")?.add.totals).toEqual(correction.add);
  });

  it("makes maps that each sum to the document's totals", () => {
    const day = targetOf(entry(), "usage_daily") as TargetedContribution;
    const { totals, ...maps } = day.add as Record<string, Counters>;
    const { latencyMs, firstChunkMs, ...byKey } = maps;
    for (const map of Object.values(byKey)) {
      const cost = Object.values(map).map((counters) => (counters as Counters).costNanoUsd);
      expect(cost).toEqual([totals?.costNanoUsd]);
    }
  });
});

describe("amountIn", () => {
  it("reads a budget's unit from an entry's counters; what is absent is 0", () => {
    expect(amountIn("usd", ADD)).toBe(500_000);
    expect(amountIn("tokens", ADD)).toBe(350);
    expect(amountIn("requests", ADD)).toBe(1);
    expect(amountIn("requests", {})).toBe(0);
  });
});

describe("keyOf", () => {
  it("encodes names, so that none looks like a key of ours", () => {
    expect(["~none", "__proto__", "a|b", "a.b", "*"].map(keyOf)).toEqual([
      "%7Enone",
      "%5F%5Fproto%5F%5F",
      "a%7Cb",
      "a%2Eb",
      "%2A",
    ]);
  });
});

function entry(more: Partial<Entry> = {}): Entry {
  const hold = sampleHold({
    requestId: "r1",
    nonce: "n1",
    startedAtMs: STARTED_MS,
    attribution: ATTRIBUTION,
  });
  return { ...sampleDraft(hold, { input: 300, output: 50 }), shard: 3, ...more };
}

function targetOf(
  of: Entry,
  collection: TargetedContribution["doc"]["collection"],
): TargetedContribution | undefined {
  return contributionsOf(of).find(({ doc }) => doc.collection === collection);
}
