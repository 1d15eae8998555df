import type { CheckDeps } from "../budgets/check-budgets.ts";
import { pubsubAlerts } from "../pubsub/alert-publisher.ts";
import { projectId } from "./parameters.ts";
import { openingDeps } from "./wiring.ts";

let deps: CheckDeps | undefined;

/** Apart from the rest of the wiring, for doors that never publish need no Pub/Sub client. */
export function alertDeps(): CheckDeps {
  deps ??= { ...openingDeps(), publisher: pubsubAlerts(projectId()) };
  return deps;
}
