import type { CheckDeps } from "../budgets/check-budgets.ts";
import { earlierUsage } from "../ledger/earlier-usage.ts";
import { pubsubAlerts } from "../pubsub/alert-publisher.ts";
import { projectId } from "./parameters.ts";
import { systemClock } from "./system-clock.ts";
import { budgetStore, ledgerStore, logProblem } from "./wiring.ts";

let deps: CheckDeps | undefined;

/** Apart from the rest of the wiring, for doors that never publish need no Pub/Sub client. */
export function alertDeps(): CheckDeps {
  deps ??= {
    store: budgetStore(),
    publisher: pubsubAlerts(projectId()),
    earlier: earlierUsage(ledgerStore(), () => systemClock.nowMs()),
    reportFailure: (what, id, cause) =>
      logProblem(`Budgets could not be checked for a ${what}`, { id, error: String(cause) }),
  };
  return deps;
}
