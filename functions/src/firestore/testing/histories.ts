import { expect } from "@jest/globals";
import fc from "fast-check";
import { printedSeed } from "../../ledger/testing/printed-seed.ts";
import type { RealLedger } from "./real-ledger.ts";

/**
 * Lives through random histories, each in a ledger of its own, and counts them on the output. How the commits of one
 * history interleave is the machine's to say, so the seed repeats what happens and not the order in which it lands.
 * @param live gives back what is wrong
 */
export async function tryHistories<History>(
  ledger: RealLedger,
  history: fc.Arbitrary<History>,
  numRuns: number,
  live: (history: History) => Promise<readonly string[]>,
): Promise<{ readonly histories: number; readonly commits: number }> {
  const tried = { histories: 0, commits: 0 };
  const before = ledger.commits;
  await fc.assert(
    fc.asyncProperty(history, async (past) => {
      await ledger.clear();
      expect(await live(past)).toEqual([]);
      tried.histories += 1;
    }),
    { numRuns, seed: printedSeed(process.env.LEDGER_SEED, Date.now()) },
  );
  tried.commits = ledger.commits - before;
  process.stdout.write(`histories on Firestore tried: ${JSON.stringify(tried)}\n`);
  expect(tried.histories).toBeGreaterThanOrEqual(numRuns);
  return tried;
}
