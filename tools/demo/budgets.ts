import type { SetBudgetResponse } from "../../functions/src/contracts/budgets.ts";
import type { People } from "./people.ts";

/** Who of the sample people has a budget of their own. */
const OWN_BUDGET = "lena.hollis@example.com";

/** As small as the samples are: several users reach 80 % of theirs, and one all of it. */
function sampleBudgets(people: People) {
  const monthly = { unit: "usd", window: "month" };
  return [
    { ...monthly, name: "Every user", scope: "user", scopeId: "*", limitUsd: "0.07" },
    {
      ...monthly,
      name: "Lena",
      scope: "user",
      scopeId: people.byEmail(OWN_BUDGET).uid,
      limitUsd: "0.09",
    },
    { ...monthly, name: "Support", scope: "department", scopeId: "support", limitUsd: "0.08" },
  ];
}

/** One after the other, as a person would. */
export async function setBudgets(people: People): Promise<void> {
  for (const budget of sampleBudgets(people)) {
    await people.admin.call<SetBudgetResponse>("setBudget", budget);
  }
}
