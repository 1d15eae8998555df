import { randomUUID } from "node:crypto";
import { onSchedule } from "firebase-functions/scheduler";
import { COMPARE_PER_RUN, OUTBOX_GRACE_SECONDS } from "../../config.ts";
import { careForLedger as care } from "../../ledger/care.ts";
import { compareMoved } from "../../ledger/compare-run.ts";
import { compareDeps } from "../comparing.ts";
import { EVERY_FIVE_MINUTES } from "../schedule-options.ts";
import { systemClock } from "../system-clock.ts";
import { aggregateDeps, ledgerStore, logProblem, retentionDays, settler } from "../wiring.ts";

/**
 * Aggregates what no trigger has seen, turns holds that expired into entries, and compares the aggregates that moved
 * with the ledger.
 */
export const careForLedger = onSchedule(EVERY_FIVE_MINUTES, async ({ scheduleTime }) => {
  const now = new Date(scheduleTime);
  const { isCut, ...report } = await care(
    {
      store: ledgerStore(),
      clock: systemClock,
      settler: settler(),
      aggregate: aggregateDeps(),
      retentionDays: retentionDays(),
      randomId: randomUUID,
      outboxGraceMs: OUTBOX_GRACE_SECONDS.value() * 1_000,
      reportFailure: (what, id, cause) =>
        logProblem(`Care failed for a document of ${what}`, { id, error: String(cause) }),
    },
    now,
  );
  if (isCut) logProblem("Care had no time for all that it found", report);
  await compareMoved(compareDeps(), COMPARE_PER_RUN.value(), now);
});
