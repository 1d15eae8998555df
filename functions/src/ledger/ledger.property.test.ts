import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { printedSeed } from "./testing/printed-seed.ts";
import { LEAST_PER_HISTORY, Tried } from "./testing/tried.ts";
import { history } from "./testing/world-steps.ts";

/** What README.md says; LEDGER_RUNS is for a quick look. */
const RUNS = Number(process.env.LEDGER_RUNS ?? 2_000);

describe("the ledger under faults", () => {
  it(`is exact after every commit of ${RUNS} histories`, async () => {
    const tried = new Tried();
    await fc.assert(
      fc.asyncProperty(history, async (past) => {
        expect(await tried.live(past)).toEqual([]);
      }),
      { numRuns: RUNS, seed: printedSeed(process.env.LEDGER_SEED, Date.now()) },
    );
    const perHistory = tried.print();
    expect(tried.count.histories).toBeGreaterThanOrEqual(RUNS);
    for (const [what, least] of Object.entries(LEAST_PER_HISTORY)) {
      expect([what, perHistory[what as keyof typeof perHistory] > least]).toEqual([what, true]);
    }
  }, 240_000);
});
