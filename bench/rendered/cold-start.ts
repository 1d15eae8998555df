import type { ColdStart } from "../cold-start.ts";
import { formatFigure, formatSpread, table } from "../markdown.ts";

export function renderColdStart(coldStart: ColdStart): string[] {
  return [
    `Import of all functions in a new process: ${formatSpread(coldStart.importMs)} ms.`,
    renderPackages(coldStart),
    renderTargets(coldStart),
  ];
}

function renderPackages({ packages }: ColdStart): string {
  const rows = packages.map(({ name, aloneMs, addedMs }) => [
    name,
    formatFigure(aloneMs),
    formatFigure(addedMs),
  ]);
  return table(["imported, in this order", "alone, ms", "after those before it, ms"], rows);
}

function renderTargets({ targets }: ColdStart): string {
  const rows = targets.map(({ target, startMs, firstMs, secondMs }) => [
    target,
    ...[startMs, firstMs, secondMs].map(formatSpread),
  ]);
  return table(["door", "until it listens, ms", "first call, ms", "second call, ms"], rows);
}
