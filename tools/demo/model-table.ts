import type { GetUsageResponse, GroupResult } from "../../functions/src/contracts/reports.ts";
import type { TotalsResult } from "../../functions/src/contracts/results.ts";
import { alignDecimals, grouped, tableUsd, tokenCount } from "./money.ts";
import { plainTable } from "./plain-table.ts";
import type { Colors } from "./screen.ts";

const HEAD = ["Model", "Calls", "In", "(cached)", "Out", "Cost"];

/** What was used of each model; those that are free stand below the rest, for their tokens say nothing of money. */
export function modelTable(
  { groups, paid }: Pick<GetUsageResponse, "groups" | "paid">,
  colors: Colors,
): string[] {
  const costly = groups.filter((group) => !isFree(group));
  const amounts = [...costly.map(({ totals }) => costOf(totals)), tableUsd(paid.costNanoUsd)];
  const costs = alignDecimals(amounts);
  const rows = costly.map(({ key, totals }, index) => cellsOf(key, totals, costs[index] ?? ""));
  const free = groups.filter(isFree).map(({ key, totals }) => cellsOf(key, totals, "Free"));
  const all = ["All paid", grouped(paid.calls), "", "", "", costs.at(-1) ?? ""];
  return plainTable(HEAD, [...rows, all, ...free], colors);
}

/** "openai/gpt-4o" -> "gpt-4o" */
export function shortName(model: string): string {
  return model.replace(/^openai\//, "");
}

function isFree({ totals }: GroupResult): boolean {
  return totals.calls > 0 && totals.freeCalls === totals.calls;
}

/** A sum that lacks the price of some calls says so. */
function costOf({ calls, unpricedCalls, costNanoUsd }: TotalsResult): string {
  if (unpricedCalls === 0) return tableUsd(costNanoUsd);
  return unpricedCalls === calls
    ? "No price"
    : `${tableUsd(costNanoUsd)} + ${unpricedCalls} unpriced`;
}

function cellsOf(key: string, totals: TotalsResult, cost: string): string[] {
  return [
    shortName(key),
    grouped(totals.calls),
    tokenCount(totals.inputTokens),
    tokenCount(totals.classes.cacheRead ?? 0),
    tokenCount(totals.outputTokens),
    cost,
  ];
}
