import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { history, live } from "./testing/world-steps.ts";

const RUNS = 2_000;

describe("the ledger under faults", () => {
  it(`is exact in ${RUNS} histories of calls, crashes, sweeps and commits that land late, twice or unheard`, async () => {
    const seen = { choices: 0, calls: 0, entries: 0 };
    await fc.assert(
      fc.asyncProperty(history, async (past) => {
        const { problems, choices, world } = await live(past);
        seen.choices += choices;
        seen.calls += world.calls.length;
        seen.entries += world.entries().length;
        expect(problems).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    process.stdout.write(`${JSON.stringify(seen)}\n`);
    expect(seen.choices).toBeGreaterThan(RUNS * 20);
  }, 120_000);
});
