import type { SetBudgetResponse } from "../../../functions/src/contracts/budgets.ts";
import { call } from "../../e2e/harness/callable.ts";
import { find } from "../../e2e/harness/store.ts";
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

/** What the windows of a budget have spent, each and together, and what is held. */
export async function spentIn(
  scene: Scene,
  budgetId: string,
): Promise<{ windows: number[]; spent: number; held: number }> {
  const windows = await find("budget_windows", { budgetId }, { project: scene.project });
  const of = (field: string) => windows.map(({ fields }) => Number(fields[field] ?? 0));
  return { windows: of("spent"), spent: sum(of("spent")), held: sum(of("held")) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
