import { openAtOnce } from "../../budgets/open-windows.ts";
import { setBudget as storeBudget } from "../../budgets/set-budget.ts";
import { setBudgetRequest } from "../../contracts/budgets.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { effectiveBy } from "../effective-by.ts";
import { projectId } from "../parameters.ts";
import { systemClock } from "../system-clock.ts";
import { budgetStore, openingDeps } from "../wiring.ts";

/** Makes or changes a budget. */
export const setBudget = defineCallable(
  setBudgetRequest,
  { ...DOOR, ...READER_DOOR, access: "admin" },
  async ({ data }) => {
    const now = new Date(systemClock.nowMs());
    const setting = { ...data, name: data.name ?? null, downgradeTo: data.downgradeTo ?? null };
    const budget = await storeBudget(budgetStore(), setting, projectId(), now);
    await openAtOnce(openingDeps(), budget, now);
    const { budgetId } = budget;
    return { budgetId, effectiveBy: effectiveBy(now) };
  },
);
