import type { GrownCalls, Growth } from "../growth/growth.ts";
import type { GrownReport } from "../growth/reports.ts";
import { formatFigure, formatSpread, table } from "../markdown.ts";
import { ratioOf, spread } from "../statistics.ts";

export function renderGrowth({ dayOfMonth, calls, reports }: Growth): string[] {
  return [
    "Calls of `chat`, 16 at once, on a ledger that holds so many entries; the ratio is to the smallest. Writing the entries by the ledger's own plans took so long. Median of the rounds, and what they lay between.",
    renderCalls(calls),
    `Reports, one after the other: the time of a call, its CPU in the serving process, the documents that it reads, and the reads that are billed: a sum, or a query that finds nothing, is one. This month's entries lie on its ${dayOfMonth} days so far, and everybody's reports read the shards of each day.`,
    renderReports(reports),
  ];
}

function renderCalls(calls: readonly GrownCalls[]): string {
  const smallest = calls[0]?.callsPerSecond ?? [];
  const rows = calls.map(({ entries, fillSeconds, callsPerSecond, cpuMs }) => [
    String(entries),
    formatSpread(spread(callsPerSecond)),
    formatSpread(ratioOf(callsPerSecond, smallest)),
    formatSpread(spread(cpuMs)),
    formatFigure(fillSeconds),
  ]);
  return table(["entries", "calls/s", "ratio", "CPU per call, ms", "written in, s"], rows);
}

function renderReports(reports: readonly GrownReport[]): string {
  const rows = reports.map(({ entries, report, callMs, cpuMs, documents, reads }) => [
    report,
    String(entries),
    ...[callMs, cpuMs, documents, reads].map((each) => formatSpread(spread(each))),
  ]);
  return table(["report", "entries", "time, ms", "CPU, ms", "documents", "billed reads"], rows);
}
