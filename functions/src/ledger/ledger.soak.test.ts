import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { printedSeed } from "./testing/printed-seed.ts";
import { history, live } from "./testing/world-steps.ts";

const RUNS = 50_000;

describe("the ledger under faults, for a long time", () => {
  it(
    `is exact in ${RUNS} histories`,
    async () => {
      await fc.assert(
        fc.asyncProperty(history, async (past) => {
          expect((await live(past)).problems).toEqual([]);
        }),
        {
          numRuns: RUNS,
          seed: printedSeed(process.env.LEDGER_SEED, Date.now()),
          interruptAfterTimeLimit: 25 * 60_000,
        },
      );
    },
    30 * 60_000,
  );
});
