import type { SetBudgetResponse } from "../../../functions/src/contracts/budgets.ts";
import { call } from "../../e2e/harness/callable.ts";
import { find, type Stored } from "../../e2e/harness/store.ts";
import { ADMIN, type Scene } from "./scene.ts";

/** Sets a budget that blocks; gives its id. */
export async function block(scene: Scene, budget: object): Promise<string> {
  const url = await scene.doors.url(scene.random);
  const admin = { idToken: scene.tokenOf(ADMIN, { admin: true }), url };
  const { budgetId } = await call<SetBudgetResponse>("setBudget", admin, {
    enforcement: "block",
    ...budget,
  });
  return budgetId;
}

/** The windows of these scopes together: what they have spent, and what is held. */
export async function spentIn(
  scene: Scene,
  budgetId: string,
): Promise<{ spent: number; held: number }> {
  const windows = await find("budget_windows", { budgetId }, { project: scene.project });
  return { spent: sumOf(windows, "spent"), held: sumOf(windows, "held") };
}

function sumOf(windows: readonly Stored[], field: string): number {
  return windows.reduce((sum, { fields }) => sum + Number(fields[field] ?? 0), 0);
}
