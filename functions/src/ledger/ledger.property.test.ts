import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { printedSeed } from "./testing/printed-seed.ts";
import { history, live } from "./testing/world-steps.ts";

const RUNS = Number(process.env.LEDGER_RUNS ?? 2_500);

describe("the ledger under faults", () => {
  it(`is exact after every commit of ${RUNS} histories`, async () => {
    const tried = {
      histories: 0,
      choices: 0,
      commits: 0,
      calls: 0,
      admitted: 0,
      refused: 0,
      entries: 0,
    };
    await fc.assert(
      fc.asyncProperty(history, async (past) => {
        const { problems, choices, commits, world } = await live(past);
        tried.histories += 1;
        tried.choices += choices;
        tried.commits += commits;
        tried.calls += world.calls.length;
        tried.admitted += world.calls.filter(({ admitted }) => admitted).length;
        tried.refused += world.calls.filter(({ ended }) => ended === "refused").length;
        tried.entries += world.entries().length;
        expect(problems).toEqual([]);
      }),
      {
        numRuns: RUNS,
        seed: printedSeed(process.env.LEDGER_SEED, Date.now()),
        interruptAfterTimeLimit: 100_000,
      },
    );
    process.stdout.write(`interleavings tried: ${JSON.stringify(tried)}\n`);
    const { histories } = tried;
    expect(histories).toBeGreaterThan(RUNS / 4);
    // What was tried is worth something only if it was much: some 60 turns taken by chance in each history.
    expect(tried.choices).toBeGreaterThan(histories * 30);
    expect(tried.commits).toBeGreaterThan(histories * 8);
    expect(tried.calls).toBeGreaterThan(histories * 2);
    expect(tried.admitted).toBeGreaterThan(histories / 2);
    expect(tried.refused).toBeGreaterThan(histories / 2);
    expect(tried.entries).toBeGreaterThan(histories * 2);
  }, 120_000);
});
