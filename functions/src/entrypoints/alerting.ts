import type { CheckDeps } from "../budgets/check-budgets.ts";
import type { UnpricedUse } from "../budgets/unpriced-alert.ts";
import { unpricedUses } from "../ledger/unpriced-models.ts";
import { pubsubAlerts } from "../pubsub/alert-publisher.ts";
import { projectId } from "./parameters.ts";
import { ledgerStore, openingDeps } from "./wiring.ts";

let deps: CheckDeps | undefined;

/** Apart from the rest of the wiring, for doors that never publish need no Pub/Sub client. */
export function alertDeps(): CheckDeps {
  deps ??= { ...openingDeps(), publisher: pubsubAlerts(projectId()), unpriced };
  return deps;
}

async function* unpriced(since: Date): AsyncGenerator<UnpricedUse[]> {
  for await (const page of ledgerStore().unpricedEntries(since)) yield unpricedUses(page);
}
