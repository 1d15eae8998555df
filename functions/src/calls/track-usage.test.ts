import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { DAY_MS } from "../core/period.ts";
import { callWorld, requestOf, STARTED_MS } from "./testing/call-world.ts";
import { type TrackCommand, trackUsage } from "./track-usage.ts";

const SUBJECT = "service:worker/for:alice";

describe("trackUsage", () => {
  it("books a call made elsewhere, priced as of its start", async () => {
    const { track, entries } = setUp();
    expect(await track()).toMatchObject({
      requestId: "t1",
      duplicate: false,
      cost: { nanoUsd: 450_000, priceStatus: "priced" },
    });
    expect(entries()).toMatchObject([
      {
        requestId: "t1",
        userId: "alice",
        latencyMs: 900,
        rawUsage: { input: 1_000, output: 500 },
        startedAt: new Date(STARTED_MS - 60_000),
        settledAt: new Date(STARTED_MS),
        day: "2026-11-22",
        modelAnswered: null,
        firstChunkMs: null,
      },
    ]);
  });

  it("gives the first result again for a repeat, and books nothing", async () => {
    const { track, entries, clock } = setUp();
    const first = await track();
    clock.advance(5_000);
    expect(await track()).toEqual({ ...first, duplicate: true });
    expect(entries()).toHaveLength(1);
  });

  it("refuses another payload under the same id", async () => {
    const { track, entries } = setUp();
    await track();
    const other = track({ payload: { other: true } }, { rawUsage: { input: 1 } });
    await expect(other).rejects.toMatchObject({
      reason: "DUPLICATE_REQUEST",
      facts: { requestId: "t1", state: "different" },
    });
    expect(entries()).toHaveLength(1);
  });

  it("counts a call of the last 7 days where it was made, an older one today", async () => {
    const { track, entries, state } = setUp();
    state.budgets = [sampleBudget({ window: "day" })];
    await track({ requestId: "week" }, { startedAtMs: STARTED_MS - 7 * DAY_MS });
    await track({ requestId: "older" }, { startedAtMs: STARTED_MS - 7 * DAY_MS - 1 });
    const booked = Object.fromEntries(
      entries().map(({ requestId, day, originalDay, windows }) => [
        requestId,
        [day, originalDay, windows[0]?.period],
      ]),
    );
    expect(booked).toEqual({
      week: ["2026-11-15", null, "2026-11-15"],
      older: ["2026-11-22", "2026-11-15", "2026-11-22"],
    });
  });

  it("may come from a clock that is ahead", async () => {
    const { track, entries } = setUp();
    await track({}, { startedAtMs: STARTED_MS + 60_000 });
    expect(entries()[0]).toMatchObject({ settledAt: new Date(STARTED_MS + 60_000) });
  });

  it.each([
    ["negative", { input: -1 }],
    ["beyond belief", { input: 100_000_001 }],
    ["without a sum", { input: 2 ** 53 - 1, output: 5 }],
    ["over which its converter stumbles", null],
  ])("refuses a usage that is %s", async (_what, rawUsage) => {
    const { track, entries } = setUp();
    await expect(track({}, { rawUsage })).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      facts: { field: "usage" },
    });
    expect(entries()).toEqual([]);
  });

  it("takes a failed call that used nothing", async () => {
    const { track, entries } = setUp();
    await track({}, { rawUsage: { input: 0 }, status: "error" });
    expect(entries()[0]).toMatchObject({ status: "error", totalTokens: 0, add: { errors: 1 } });
  });

  it("says to send it again when the store is down, and then knows it", async () => {
    const { track, fates } = setUp();
    fates.push("lost");
    await expect(track()).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
    expect(await track()).toMatchObject({ duplicate: false });
    expect(await track()).toMatchObject({ duplicate: true });
  });

  it("says so as well when the budgets were never read", async () => {
    const { track, state } = setUp();
    state.budgetsFail = true;
    await expect(track()).rejects.toMatchObject({ reason: "STORE_UNAVAILABLE" });
  });
});

function setUp() {
  const world = callWorld();
  const track = (
    request: Partial<TrackCommand["request"]> = {},
    more: Partial<TrackCommand> = {},
  ) =>
    trackUsage(world.deps, {
      request: { ...requestOf({ subject: SUBJECT }), requestId: "t1", ...request },
      rawUsage: { input: 1_000, output: 500 },
      status: "ok",
      latencyMs: 900,
      startedAtMs: STARTED_MS - 60_000,
      ...more,
    });
  return { ...world, track };
}
