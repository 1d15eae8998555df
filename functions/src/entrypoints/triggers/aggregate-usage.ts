import { onDocumentCreated } from "firebase-functions/firestore";
import { checkWindows } from "../../budgets/check-budgets.ts";
import { alertUnpriced } from "../../budgets/unpriced-alert.ts";
import { DATABASE_ID, REGION } from "../../config.ts";
import { fieldsOf } from "../../firestore/documents.ts";
import { aggregate } from "../../ledger/aggregate.ts";
import type { Outbox } from "../../ledger/outbox.ts";
import { alertDeps } from "../alerting.ts";
import { systemClock } from "../system-clock.ts";
import { aggregateDeps, logProblem } from "../wiring.ts";

/** Adds what a settle batch wrote to the aggregates, then looks at the budgets that it moved. */
export const aggregateUsage = onDocumentCreated(
  {
    document: "usage_outbox/{outboxId}",
    database: DATABASE_ID,
    region: REGION,
    retry: true,
    memory: "256MiB",
    concurrency: 20,
    cpu: 1,
    maxInstances: 20,
    timeoutSeconds: 60,
  },
  async ({ data, params: { outboxId } }) => {
    if (!data || outboxId === undefined) return;
    const outbox = fieldsOf(data) as unknown as Outbox;
    const now = new Date(systemClock.nowMs());
    if ((await aggregate(aggregateDeps(), outboxId, outbox, now)) === "already") return;
    await alertOn(outbox, now);
  },
);

/** The sums are in: a failure here is made good by `checkBudgets`, and must not deliver the event again. */
async function alertOn(
  { targets, settledWindows, unpriced = [] }: Outbox,
  now: Date,
): Promise<void> {
  const moved = targets.filter(({ collection }) => collection === "budget_windows");
  try {
    await checkWindows(alertDeps(), [...moved.map(({ id }) => id), ...settledWindows], now);
    await alertUnpriced(alertDeps(), unpriced, now);
  } catch (error) {
    logProblem("Budgets were not checked after aggregation", { error: String(error) });
  }
}
