import Table from "cli-table3";
import type { Colors } from "./screen.ts";

const GAP = "  ";
const INDENT = "  ";

const CHARS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: GAP,
};

/** Columns without lines between them: the first ones flush left, all others flush right. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { dim }: Pick<Colors, "dim">,
  flushLeft = 1,
): string[] {
  const table = new Table({
    chars: CHARS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((_, index) => (index < flushLeft ? "left" : "right")),
  });
  table.push(
    head.map((name) => dim(name)),
    ...rows.map((row) => [...row]),
  );
  return table
    .toString()
    .split("\n")
    .map((line) => `${INDENT}${line}`.trimEnd());
}

/** How wide a table of these cells becomes. */
export function widthOf(rows: readonly (readonly string[])[]): number {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const gaps = GAP.length * (widths.length - 1);
  return widths.reduce((sum, width) => sum + width, INDENT.length + gaps);
}
