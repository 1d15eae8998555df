import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { printedSeed } from "./testing/printed-seed.ts";
import { history, live } from "./testing/world-steps.ts";

const RUNS = 50_000;

describe("the ledger under faults, for a long time", () => {
  it(
    `is exact in ${RUNS} histories`,
    async () => {
      const tried = { histories: 0, choices: 0, commits: 0 };
      await fc.assert(
        fc.asyncProperty(history, async (past) => {
          const { problems, choices, commits } = await live(past);
          tried.histories += 1;
          tried.choices += choices;
          tried.commits += commits;
          expect(problems).toEqual([]);
        }),
        {
          numRuns: RUNS,
          seed: printedSeed(process.env.LEDGER_SEED, Date.now()),
          interruptAfterTimeLimit: 25 * 60_000,
        },
      );
      process.stdout.write(`interleavings tried: ${JSON.stringify(tried)}\n`);
    },
    30 * 60_000,
  );
});
