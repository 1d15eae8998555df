import type { BudgetAlertItem } from "../../functions/src/contracts/alerts.ts";
import { alignDecimals, exactUsd } from "./money.ts";
import { plainTable } from "./plain-table.ts";
import type { Colors } from "./screen.ts";

const HEAD = ["Reached", "of budget", "by", "Spent then", "Limit"];

/** The gravest first; `spent` is what it was when the threshold was found reached. */
export function alertTable(
  alerts: readonly BudgetAlertItem[],
  nameOf: (uid: string) => string,
  colors: Colors,
): string[] {
  if (alerts.length === 0) return ["  none"];
  const sorted = alerts.toSorted(
    (a, b) => b.threshold - a.threshold || b.percentUsed - a.percentUsed,
  );
  const spent = alignDecimals(sorted.map((alert) => exactUsd(alert.spent)));
  const rows = sorted.map((alert, index) => [
    `${Math.round(alert.threshold * 100)} %`.padStart("100 %".length),
    `${alert.budgetName ?? alert.budgetId}, ${alert.window}`,
    alert.userId === null ? `${alert.scope} ${alert.scopeId}` : nameOf(alert.userId),
    spent[index] ?? "",
    exactUsd(alert.limit),
  ]);
  return plainTable(HEAD, rows, colors, 3);
}
