import { deleteBudget as endBudget } from "../../budgets/set-budget.ts";
import { deleteBudgetRequest } from "../../contracts/budgets.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { effectiveBy } from "../effective-by.ts";
import { systemClock } from "../system-clock.ts";
import { budgetStore } from "../wiring.ts";

/** Ends a budget; what it counted stays readable. */
export const deleteBudget = defineCallable(
  deleteBudgetRequest,
  { ...DOOR, ...READER_DOOR, access: "admin" },
  async ({ data: { budgetId } }) => {
    const now = new Date(systemClock.nowMs());
    await endBudget(budgetStore(), budgetId, now);
    return { budgetId, effectiveBy: effectiveBy(now) };
  },
);
