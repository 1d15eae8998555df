import type { GetUsageResponse } from "../../functions/src/contracts/reports.ts";
import { shortName } from "./model-table.ts";
import { alignDecimals, tableUsd, tokenCount } from "./money.ts";
import { plainTable, widthOf } from "./plain-table.ts";
import type { PersonUsage } from "./reports.ts";
import { type Colors, WIDTH } from "./screen.ts";

const MAX_MODEL_COLUMNS = 5;

/** The line of one person, or of all. */
interface Line extends Pick<GetUsageResponse, "groups" | "totals"> {
  readonly name: string;
}

/** Who spent what on which model: the dearest models have a column, as many as the terminal is wide. */
export function userTable(
  everyone: readonly PersonUsage[],
  all: Pick<GetUsageResponse, "groups" | "totals">,
  colors: Colors,
): string[] {
  const people = everyone.map(({ person, usage }) => ({ name: person.displayName, ...usage }));
  const lines: Line[] = [...people.toSorted(byCost), { name: "Everyone", ...all }];
  const paid = all.groups.filter(({ totals }) => totals.costNanoUsd > 0).map(({ key }) => key);
  for (let columns = Math.min(MAX_MODEL_COLUMNS, paid.length); ; columns -= 1) {
    const models = paid.slice(0, columns);
    const head = ["User", ...models.map(shortName), "Others", "All", "Tokens"];
    const rows = withAlignedMoney(lines.map((line) => cellsOf(line, models)));
    if (columns === 0 || widthOf([head, ...rows]) <= WIDTH) return plainTable(head, rows, colors);
  }
}

function byCost(a: Line, b: Line): number {
  return b.totals.costNanoUsd - a.totals.costNanoUsd;
}

/** A model that somebody did not use has an empty cell, which says more than a zero. */
function cellsOf({ name, groups, totals }: Line, models: readonly string[]): string[] {
  const byModel = new Map(groups.map((group) => [group.key, group.totals.costNanoUsd]));
  const costs = models.map((model) => byModel.get(model));
  const others = costs.reduce<number>((rest, cost) => rest - (cost ?? 0), totals.costNanoUsd);
  return [
    name,
    ...costs.map((cost) => (cost === undefined ? "" : tableUsd(cost))),
    others === 0 ? "" : tableUsd(others),
    tableUsd(totals.costNanoUsd),
    tokenCount(totals.totalTokens),
  ];
}

/** All columns but the first and the last hold money. */
function withAlignedMoney(rows: readonly (readonly string[])[]): string[][] {
  const width = rows[0]?.length ?? 0;
  const columns = Array.from({ length: width }, (_, column) => {
    const cells = rows.map((row) => row[column] ?? "");
    return column === 0 || column === width - 1 ? cells : alignDecimals(cells);
  });
  return rows.map((_, row) => columns.map((cells) => cells[row] ?? ""));
}
