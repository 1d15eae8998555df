import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { history, live } from "./testing/world-steps.ts";

const RUNS = 2_500;

describe("the ledger under faults", () => {
  it(`is exact after every commit of ${RUNS} histories`, async () => {
    const tried = { choices: 0, commits: 0, calls: 0, entries: 0 };
    await fc.assert(
      fc.asyncProperty(history, async (past) => {
        const { problems, choices, commits, world } = await live(past);
        tried.choices += choices;
        tried.commits += commits;
        tried.calls += world.calls.length;
        tried.entries += world.entries().length;
        expect(problems).toEqual([]);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: 100_000 },
    );
    // What was tried is worth something only if it was much: some 60 turns taken by chance in each history.
    expect(tried.choices).toBeGreaterThan(RUNS * 30);
    expect(tried.commits).toBeGreaterThan(RUNS * 8);
    expect(tried.calls).toBeGreaterThan(RUNS * 2);
    expect(tried.entries).toBeGreaterThan(RUNS * 2);
  }, 120_000);
});
