import type { Rebuilt } from "../../ledger/rebuild.ts";

const HEAD = ["aggregate", "number", "is stored as", "should be", "difference"];

/** What differs, a line per number, in columns. */
export function differenceTable(found: readonly Rebuilt[]): string {
  const rows = found.flatMap(({ doc, leaves }) =>
    leaves.map(({ leaf, was, is, difference }) => [
      `${doc.collection}/${doc.id}`,
      leaf,
      was === null ? "-" : String(was),
      String(is),
      difference === null ? "" : String(difference),
    ]),
  );
  const lines = [HEAD, ...rows];
  const widths = HEAD.map((_, at) => Math.max(...lines.map((line) => (line[at] ?? "").length)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function rebuildSummary(found: readonly Rebuilt[], failures: number): string {
  const count = (isCounted: (each: Rebuilt) => boolean) => found.filter(isCounted).length;
  const compared = count(({ outcome }) => outcome === "right" || outcome === "wrong");
  return [
    `${compared} compared`,
    `${count(({ outcome }) => outcome === "sealed")} sealed`,
    `${count(({ outcome }) => outcome === "wrong")} differ`,
    `${count(({ isRepaired }) => isRepaired)} repaired`,
    `${failures} failed`,
  ].join(", ");
}
