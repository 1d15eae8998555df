import { afterAll, expect, it } from "@jest/globals";
import { liveAdmission } from "./testing/admission-histories.ts";
import { AdmissionsTried, admissionHistory } from "./testing/admission-steps.ts";
import { tryHistories } from "./testing/histories.ts";
import { RealLedger } from "./testing/real-ledger.ts";

const RUNS = 25;
const ledger = new RealLedger("admission");

afterAll(() => ledger.close());

it(`never crosses a limit, and gives back all that it held, in ${RUNS} histories on two instances`, async () => {
  const tried = new AdmissionsTried();
  const { commits } = await tryHistories(ledger, admissionHistory, RUNS, (history) =>
    liveAdmission(ledger, history, tried),
  );
  tried.expectMuch(RUNS);
  expect(commits).toBeGreaterThan(20 * RUNS);
}, 180_000);
