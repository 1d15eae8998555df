import { describe, expect, it } from "@jest/globals";
import { CASES, type Case, type Measured } from "../../bench/added-time.ts";
import {
  goalsOfAddedTime,
  goalsOfBeforeProvider,
  goalsOfGrowth,
  goalsOfOperations,
  renderGoals,
} from "../../bench/goals.ts";
import { BUDGETS, FAST_LOAD, type OperationsMeasured } from "../../bench/operations.ts";

const BARE: Measured = {
  ...{ callsPerSecond: 100, cpuMs: 10, p50Ms: 100, p99Ms: 200 },
  ...{ firstChunkP50Ms: 40, firstChunkP99Ms: 80 },
};
/** Three rounds, the middle one of which decides. */
const compared = (ours: Partial<Measured>, only: (its: Case) => boolean = () => true) =>
  CASES.map((its) => ({
    case: its,
    bare: [BARE, BARE, BARE],
    tollgate: [BARE, only(its) ? { ...BARE, ...ours } : BARE, { ...BARE, ...ours }],
  }));
const missed = (goals: readonly { goal: string; isReached: boolean }[]) =>
  goals.filter(({ isReached }) => !isReached).map(({ goal }) => goal);

describe("goals of the added time", () => {
  it("are reached at their edge", () => {
    const good = { callsPerSecond: 250, cpuMs: 4, firstChunkP50Ms: 20, p50Ms: 103 };
    expect(missed(goalsOfAddedTime(compared(good)))).toEqual([]);
  });

  it("are missed beyond it, each for itself", () => {
    const bad = { callsPerSecond: 149, cpuMs: 7, firstChunkP50Ms: 41.1, p50Ms: 103.1 };
    expect(missed(goalsOfAddedTime(compared(bad)))).toEqual([
      "plain, 16 at once: at least 1.5 times the calls/s",
      "plain, 16 at once: at least 1.5 times the calls per CPU second",
      "plain, 64 at once: at least 1.5 times the calls/s",
      "plain, 64 at once: at least 1.5 times the calls per CPU second",
      "streamed, 16 at once: at least 2.5 times the calls/s",
      "streamed, 16 at once: at least 2.5 times the calls per CPU second",
      "streamed, 64 at once: at least 2.5 times the calls/s",
      "streamed, 64 at once: at least 2.5 times the calls per CPU second",
      "streamed, 16 at once: first chunk p50 at most half of the bare one's",
      "streamed, 1 at once: first chunk p50 at most 1 ms later, ms",
      "plain, 1 at once, a model that takes 300 ms: at most 3 % slower at p50",
    ]);
  });

  it("say the ratio of calls per CPU second, not of CPU per call", () => {
    const [, perCpu] = goalsOfAddedTime(compared({ cpuMs: 5 }));
    expect(perCpu?.measured.median).toBe(2);
  });
});

describe("the goal that nothing waits before the provider", () => {
  it.each([
    [19, true],
    [200, false],
  ])("with a first chunk that is %d ms later is reached: %p", (laterMs, isReached) => {
    const slowMs = [5 + laterMs, 5 + laterMs];
    expect(goalsOfBeforeProvider({ slowerMs: 200, usualMs: [5, 5], slowMs })).toMatchObject([
      { measured: { median: laterMs }, isReached },
    ]);
  });
});

describe("goals of operations", () => {
  const zero = { callsPerBatch: 4, rpcs: 0, writes: 0, deletes: 0, reads: 0, cpuMs: 1 };
  const counted = (more: Partial<OperationsMeasured>) =>
    BUDGETS.map((budget) => ({
      ...{ budget, load: FAST_LOAD },
      chat: [{ ...zero, ...more }],
      aggregateUsage: [{ ...zero, ...more }],
    }));

  it("count call and trigger together", () => {
    const most = { rpcs: 0.3, writes: 2.5, deletes: 1.5, reads: 1 };
    expect(missed(goalsOfOperations(counted(most)))).toEqual([]);
    const beyond = { rpcs: 0.31, writes: 2.6, deletes: 1.6, reads: 1.1 };
    expect(missed(goalsOfOperations(counted(beyond)))).toHaveLength(6);
  });
});

describe("the goal of the top users", () => {
  it.each([
    [51, true],
    [52, false],
  ])("with %d documents is reached: %p", (documents, isReached) => {
    const at = (entries: number, read: number) => ({
      ...{ entries, report: "getTopUsers, 50 users", callMs: [1], cpuMs: [1] },
      ...{ documents: [read], reads: [read + 2] },
    });
    const growth = { dayOfMonth: 1, calls: [], reports: [at(1_000, 9), at(100_000, documents)] };
    const goals = goalsOfGrowth(growth);
    expect(goals).toMatchObject([{ isReached }]);
    expect(goals[0]?.goal).toContain("over 100000 entries");
    expect(renderGoals(goals).join()).toContain(isReached ? "| reached" : "**not reached**");
  });
});
