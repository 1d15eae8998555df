import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  leavesRightNumbers,
  rebuildsNumbers,
  repairsCounters,
} from "./testing/compare-properties.ts";
import { printedSeed } from "./testing/printed-seed.ts";

const seed = printedSeed(process.env.LEDGER_SEED, Date.now());

describe("comparing and repairing", () => {
  it("changes nothing while calls settle and are aggregated, where nothing is wrong", async () => {
    const tried = await tryIt(leavesRightNumbers, 80);
    expect(tried.repairs).toBe(0);
  }, 60_000);

  it("makes any one number right that the counters show, once, whatever else goes on", async () => {
    const tried = await tryIt(repairsCounters, 120);
    expect(tried.repairs).toBeGreaterThan(90);
  }, 90_000);

  it("makes any number right entry by entry, histograms and the ends of sessions too", async () => {
    const tried = await tryIt(rebuildsNumbers, 80);
    expect(tried.repairs).toBeGreaterThan(60);
  }, 90_000);
});

async function tryIt(property: typeof repairsCounters, numRuns: number) {
  const tried = { histories: 0, choices: 0, repairs: 0 };
  await fc.assert(property(tried), { numRuns, seed });
  process.stdout.write(`comparisons tried: ${JSON.stringify(tried)}\n`);
  expect(tried.histories).toBeGreaterThanOrEqual(numRuns);
  return tried;
}
