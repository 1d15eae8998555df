import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { printedSeed } from "./testing/printed-seed.ts";
import { LEAST_PER_HISTORY, Tried } from "./testing/tried.ts";
import { history } from "./testing/world-steps.ts";

const RUNS = 50_000;

describe("the ledger under faults, for a long time", () => {
  it(
    `is exact in ${RUNS} histories`,
    async () => {
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
    },
    90 * 60_000,
  );
});
