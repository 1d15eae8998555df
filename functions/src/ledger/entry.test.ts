import { describe, expect, it } from "@jest/globals";
import { DAY_MS } from "../core/period.ts";
import { bookingOf } from "./entry.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";

const STARTED = new Date("2026-11-30T23:59:59.999Z");
const hold = sampleHold({ requestId: "r1", nonce: "n1", startedAtMs: STARTED.getTime() });
const settledAfter = (ms: number) => new Date(STARTED.getTime() + ms);

const COST = {
  costNanoUsd: 3,
  inputCostNanoUsd: 1,
  outputCostNanoUsd: 2,
  priceStatus: "priced" as const,
  priceVersion: "v",
  lines: [],
};

describe("buildEntry", () => {
  it("prices, counts and dates one call", () => {
    expect(sampleDraft(hold, { input: 100, cacheRead: 0, output: 25 })).toMatchObject({
      entryId: hold.entryId,
      kind: "call",
      correctsId: null,
      nonce: "n1",
      userId: "alice",
      provider: "openai",
      model: "openai/gpt-4.1",
      modelRequested: "gpt-4.1",
      inputTokens: 100,
      outputTokens: 25,
      totalTokens: 125,
      classes: { input: 100, output: 25 },
      costNanoUsd: 200_000,
      inputCostNanoUsd: 100_000,
      outputCostNanoUsd: 100_000,
      costUsd: "0.0002",
      priceStatus: "priced",
      priceVersion: "openai:gpt-4.1:2025-04-14",
      usageStatus: "exact",
      estimatedBecause: null,
      schemaVersion: 1,
    });
  });

  it("is booked at its start, though it ended in the next month", () => {
    const draft = sampleDraft(hold, {}, { settledAt: settledAfter(5_000) });
    expect(draft).toMatchObject({ day: "2026-11-30", month: "2026-11", originalDay: null });
    expect(draft.expireAt).toEqual(new Date(Date.parse("2026-12-01") + 400 * DAY_MS));
  });

  it("is booked today when that is more than 7 days late, and says when it was", () => {
    const draft = sampleDraft(hold, {}, { settledAt: settledAfter(7 * DAY_MS + 1) });
    expect(draft).toMatchObject({ day: "2026-12-08", month: "2026-12", originalDay: "2026-11-30" });
    expect(draft.expireAt).toEqual(new Date(Date.parse("2027-01-01") + 400 * DAY_MS));
  });

  it("adds what it counted and nothing that is 0", () => {
    expect(sampleDraft(hold, { output: 10 }).add).toEqual({
      requests: 1,
      calls: 1,
      outputTokens: 10,
      totalTokens: 10,
      costNanoUsd: 40_000,
      outputCostNanoUsd: 40_000,
      latencyMsSum: 120,
      classes: { output: 10 },
    });
  });

  it("counts a request once, whatever its attempts are", () => {
    expect(sampleDraft(hold, {}, { attempt: 1 }).add).toMatchObject({ requests: 1, calls: 1 });
    const second = sampleDraft(hold, {}, { attempt: 2, requests: 0 }).add;
    expect(second).toMatchObject({ calls: 1 });
    expect(second).not.toHaveProperty("requests");
  });

  it("keeps free and unpriced usage apart from paid usage", () => {
    const unpriced = sampleDraft({ ...hold, rates: null }, { input: 3, output: 4 });
    expect(unpriced).toMatchObject({
      priceStatus: "unpriced",
      priceVersion: null,
      costUsd: "0.00",
    });
    expect(unpriced.add).toMatchObject({ unpricedCalls: 1, unpricedTokens: 7, totalTokens: 7 });
    const free = sampleDraft(
      {
        ...hold,
        rates: {
          model: "m",
          priceVersion: "v",
          free: true,
          tiers: [{ fromInputTokens: 0, rates: { input: 0, output: 0 } }],
        },
      },
      { input: 3, output: 4 },
    );
    expect(free).toMatchObject({ priceStatus: "free", costNanoUsd: 0 });
    expect(free.add).toMatchObject({ freeCalls: 1, freeTokens: 7 });
  });

  it("says that it is estimated, and why", () => {
    const draft = sampleDraft(
      hold,
      {},
      {
        usage: { classes: { input: 1 }, status: "estimated", estimatedBecause: "usage_missing" },
        status: "error",
      },
    );
    expect(draft).toMatchObject({ usageStatus: "estimated", estimatedBecause: "usage_missing" });
    expect(draft.add).toMatchObject({ estimatedCalls: 1, errors: 1 });
  });

  it("stores nothing of the provider's that Firestore would refuse", () => {
    const draft = sampleDraft(
      hold,
      {},
      {
        modelAnswered: `gpt\ud83d${"x".repeat(300)}`,
        providerRequestId: null,
        rawUsage: { a: [[1]] },
      },
    );
    expect(draft.modelAnswered).toBe(`gpt\ufffd${"x".repeat(196)}`);
    expect(draft.providerRequestId).toBeNull();
    expect(draft.rawUsage).toBe('{"a":[[1]]}');
  });

  it.each([
    ["a fractional count", { usage: { classes: { input: 1.5 }, status: "exact" as const } }],
    ["a negative count", { usage: { classes: { input: -1 }, status: "exact" as const } }],
    ["a negative latency", { latencyMs: -1 }],
    ["a float overrun", { overrunNanoUsd: 0.5 }],
    ["a cost that is not its parts", { cost: { ...COST, costNanoUsd: 4 } }],
    ["a cost that is no integer", { cost: { ...COST, costNanoUsd: 2.5, inputCostNanoUsd: 0.5 } }],
  ])("refuses %s", (_what, more) => {
    expect(() => sampleDraft(hold, {}, more)).toThrow(RangeError);
  });
});

describe("bookingOf", () => {
  it("takes 7 days for late, to the millisecond", () => {
    expect(bookingOf(STARTED, settledAfter(7 * DAY_MS)).originalDay).toBeNull();
    expect(bookingOf(STARTED, settledAfter(7 * DAY_MS + 1)).originalDay).toBe("2026-11-30");
  });
});
