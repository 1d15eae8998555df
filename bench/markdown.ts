import type { Spread } from "./statistics.ts";

/** Three significant digits, and no fractions from 100 on: 0.0123, 1.23, 12.3, 1230. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** "12.3 (11.9 to 14)": the median and what the rounds lay between; of a single round "12.3". */
export function formatSpread({ median, min, max }: Spread): string {
  if (min === max) return formatFigure(median);
  return `${formatFigure(median)} (${formatFigure(min)} to ${formatFigure(max)})`;
}

/** A table whose columns are padded, so that it can be read as text too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, 3, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, column) => (cells[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
