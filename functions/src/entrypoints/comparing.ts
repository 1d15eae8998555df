import { randomUUID } from "node:crypto";
import type { CompareDeps } from "../ledger/compare-run.ts";
import type { MadeRepair } from "../ledger/repair-once.ts";
import { systemClock } from "./system-clock.ts";
import { compareStore, logProblem } from "./wiring.ts";

const REPAIR_DEADLINE_MS = 20_000;
/** Of a repair, numbers that a log line names; its document has them all. */
const LOGGED_LEAVES = 20;

export function compareDeps(): CompareDeps {
  return {
    store: compareStore(),
    clock: systemClock,
    deadlineMs: REPAIR_DEADLINE_MS,
    by: "care",
    randomId: randomUUID,
    reportRepair: async (repair) => logRepair(repair),
    reportFailure: (aggregate, cause) =>
      logProblem("An aggregate could not be compared with the ledger", {
        aggregate,
        error: String(cause),
      }),
  };
}

function logRepair({ aggregate, leaves }: MadeRepair): void {
  logProblem("An aggregate differed from the ledger and was repaired", {
    aggregate,
    differing: leaves.length,
    leaves: leaves.slice(0, LOGGED_LEAVES),
  });
}
