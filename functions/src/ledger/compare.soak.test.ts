import { expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  leavesRightNumbers,
  rebuildsNumbers,
  repairsCounters,
} from "./testing/compare-properties.ts";
import { printedSeed } from "./testing/printed-seed.ts";

const RUNS = 2_000;
const seed = printedSeed(process.env.LEDGER_SEED, Date.now());

it.each([
  ["leaves right numbers alone", leavesRightNumbers],
  ["repairs what the counters show", repairsCounters],
  ["rebuilds any number", rebuildsNumbers],
])(
  `%s, in ${RUNS} histories`,
  async (_what, property) => {
    const tried = { histories: 0, choices: 0, repairs: 0 };
    await fc.assert(property(tried), { numRuns: RUNS, seed });
    process.stdout.write(`comparisons tried: ${JSON.stringify(tried)}\n`);
    expect(tried.histories).toBeGreaterThanOrEqual(RUNS);
  },
  60 * 60_000,
);
