import type { GetTopUsersResponse } from "../../functions/src/contracts/reports.ts";
import { alignDecimals, grouped, percent, tableUsd } from "./money.ts";
import { plainTable } from "./plain-table.ts";
import type { Colors } from "./screen.ts";

const HEAD = ["User", "Department", "Calls", "Cost", "Share"];
const SHOWN = 5;

export function topUsersTable({ items }: GetTopUsersResponse, colors: Colors): string[] {
  const shown = items.slice(0, SHOWN);
  const costs = alignDecimals(shown.map(({ totals }) => tableUsd(totals.costNanoUsd)));
  const rows = shown.map(({ displayName, userId, department, totals, sharePerMille }, index) => [
    `${index + 1}. ${displayName ?? userId}`,
    department ?? "",
    grouped(totals.calls),
    costs[index] ?? "",
    sharePerMille === null ? "" : percent(sharePerMille),
  ]);
  return plainTable(HEAD, rows, colors, 2);
}
