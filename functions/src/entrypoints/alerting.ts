import type { CheckDeps, WindowCheckDeps } from "../budgets/check-budgets.ts";
import type { UnpricedUse } from "../budgets/unpriced-alert.ts";
import { unpricedUses } from "../ledger/unpriced-models.ts";
import { pubsubAlerts } from "../pubsub/alert-publisher.ts";
import { projectId } from "./parameters.ts";
import { activeBudgets, ledgerStore, openingDeps } from "./wiring.ts";

let deps: (CheckDeps & WindowCheckDeps) | undefined;

/** Apart from the rest of the wiring, for doors that never publish need no Pub/Sub client. */
export function alertDeps(): CheckDeps & WindowCheckDeps {
  deps ??= { ...openingDeps(), publisher: pubsubAlerts(projectId()), activeBudgets, unpriced };
  return deps;
}

async function* unpriced(since: Date): AsyncGenerator<UnpricedUse[]> {
  for await (const page of ledgerStore().unpricedEntries(since)) yield unpricedUses(page);
}
