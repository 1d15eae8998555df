import { afterAll, expect, it } from "@jest/globals";
import { liveAdmission } from "./testing/admission-histories.ts";
import { AdmissionsTried, admissionHistory } from "./testing/admission-steps.ts";
import { tryHistories } from "./testing/histories.ts";
import { ledgerHistory, liveLedger } from "./testing/ledger-histories.ts";
import { RealLedger } from "./testing/real-ledger.ts";

const RUNS = 1_000;
const TIMEOUT_MS = 60 * 60_000;
const ledger = new RealLedger("histories");

afterAll(() => ledger.close());

it(
  `admits within limits in ${RUNS} histories`,
  async () => {
    const tried = new AdmissionsTried();
    const { commits } = await tryHistories(ledger, admissionHistory, RUNS, (history) =>
      liveAdmission(ledger, history, tried),
    );
    tried.expectMuch(RUNS);
    expect(commits).toBeGreaterThan(20 * RUNS);
  },
  TIMEOUT_MS,
);

it(
  `is exact in ${RUNS} histories`,
  async () => {
    const { commits } = await tryHistories(ledger, ledgerHistory, RUNS, (history) =>
      liveLedger(ledger, history),
    );
    expect(commits).toBeGreaterThan(10 * RUNS);
  },
  TIMEOUT_MS,
);
