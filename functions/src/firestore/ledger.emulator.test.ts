import { afterAll, expect, it } from "@jest/globals";
import { tryHistories } from "./testing/histories.ts";
import { ledgerHistory, liveLedger } from "./testing/ledger-histories.ts";
import { RealLedger } from "./testing/real-ledger.ts";

const RUNS = 15;
const ledger = new RealLedger("ledger");

afterAll(() => ledger.close());

it(`is exact in ${RUNS} histories of batches, crashes, two sweepers at once and double triggers`, async () => {
  const tried = await tryHistories(ledger, ledgerHistory, RUNS, (history) =>
    liveLedger(ledger, history),
  );
  expect(tried.commits).toBeGreaterThan(10 * RUNS);
}, 120_000);
