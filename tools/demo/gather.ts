import type { ListBudgetsResponse } from "../../functions/src/contracts/budgets.ts";
import type {
  GetSummaryResponse,
  GetUsageResponse,
} from "../../functions/src/contracts/reports.ts";
import type { Addresses } from "./addresses.ts";
import type { People } from "./people.ts";
import { type NamedSum, prove, sumOf, sumOfTotals } from "./proof.ts";
import {
  allEntries,
  budgetAlerts,
  modelRecords,
  type PersonUsage,
  topUsers,
  usageOfAll,
  usageOfEach,
} from "./reports.ts";

/** What a run left behind, as the reports tell it, and whether they are right. */
export async function gather(
  { admin, all }: People,
  { addresses, simulated, from }: { addresses: Addresses; simulated: boolean; from: string },
) {
  const usages = async () => ({
    usage: await usageOfAll(admin, from),
    everyone: await usageOfEach(admin, all, from),
  });
  // At the same time, since each door's first call starts a worker.
  const [{ usage, everyone }, entries, summary, top, alerts, budgets] = await Promise.all([
    usages(),
    allEntries(admin, from),
    admin.call<GetSummaryResponse>("getSummary", {}),
    topUsers(admin),
    budgetAlerts(admin),
    admin.call<ListBudgetsResponse>("listBudgets", {}),
  ]);
  const records = simulated ? await modelRecords(addresses) : undefined;
  const proof = prove(entries, aggregatesOf(usage, everyone), records);
  return { usage, everyone, proof, summary, topUsers: top, alerts, budgets: budgets.items };
}

/** Two sums that come from different documents: everybody's days, and the months of each user. */
function aggregatesOf(usage: GetUsageResponse, everyone: readonly PersonUsage[]): NamedSum[] {
  const months = everyone.map(({ person, usage: own }) => aggregateSum(person.displayName, own));
  return [
    aggregateSum("aggregates: everybody's days", usage),
    { name: "aggregates: months of all users", ...sumOf(months) },
  ];
}

function aggregateSum(name: string, { source, totals }: GetUsageResponse): NamedSum {
  if (source === "aggregate") return sumOfTotals(name, totals);
  throw new Error(`${name}: answered from the ledger, which proves nothing of the aggregates.`);
}
