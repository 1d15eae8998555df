import type { ListedBudget } from "../../budgets/list-budgets.ts";
import { listBudgets as list } from "../../budgets/list-budgets.ts";
import {
  type BudgetItem,
  type ListBudgetsResponse,
  listBudgetsRequest,
} from "../../contracts/budgets.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { projectId } from "../parameters.ts";
import { systemClock } from "../system-clock.ts";
import { budgetStore } from "../wiring.ts";

/** Budgets with their windows of now: all for administrators, those that apply to themselves for users. */
export const listBudgets = defineCallable(
  listBudgetsRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  async ({ data, caller }): Promise<ListBudgetsResponse> => {
    const who = caller.isAdmin
      ? undefined
      : {
          userId: caller.uid,
          orgId: caller.orgId,
          department: caller.department,
          projectId: projectId(),
        };
    const { items, nextCursor } = await list(budgetStore(), who, data, systemClock.nowMs());
    return { items: items.map(itemOf), nextCursor };
  },
);

function itemOf({ budget, current }: ListedBudget): BudgetItem {
  const {
    budgetId,
    name,
    scope,
    scopeId,
    unit,
    window,
    limit,
    enforcement,
    onStoreError,
    onUnknownPrice,
  } = budget;
  return {
    budgetId,
    name,
    scope,
    scopeId,
    unit,
    window,
    limit,
    thresholds: budget.thresholdsPerMille.map((perMille) => perMille / 1_000),
    enforcement,
    onStoreError,
    onUnknownPrice,
    downgradeTo: budget.downgradeTo,
    since: budget.since.toISOString(),
    current,
  };
}
