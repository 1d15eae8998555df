import type { ReplayProblem, ReplaySummary } from "./replay-records.ts";

/** Problems that are shown one by one. */
const SHOWN = 20;

export function describeProgress({ read, restored, already }: ReplaySummary): string {
  return `${read} read, ${restored} restored, ${already} there already ...`;
}

/** What people are told at the end. */
export function describeSummary(summary: ReplaySummary, isDryRun: boolean): string {
  const { read, restored, already, refused, failed, others, gaveUp } = summary;
  return [
    `${read} settlements: ${restored} ${isDryRun ? "to restore" : "restored"}, ${already} there already, ` +
      `${refused.length} refused, ${failed.length} failed; other lines passed over: ${others}.`,
    ...listed("Refused, and refused again however often they are tried:", refused),
    ...listed("Not taken by the ledger; run the command again:", failed),
    ...(gaveUp ? ["Given up before the end: the ledger takes nothing."] : []),
    ...(isDryRun ? ["Nothing was written: this was a dry run."] : []),
  ].join("\n");
}

/** 0: everything is in the ledger. */
export function exitCodeOf({ refused, failed, gaveUp }: ReplaySummary): 0 | 1 {
  return refused.length + failed.length > 0 || gaveUp ? 1 : 0;
}

function listed(title: string, problems: readonly ReplayProblem[]): string[] {
  if (problems.length === 0) return [];
  const shown = problems.slice(0, SHOWN).map(({ line, reason }) => `  line ${line}: ${reason}`);
  const more = problems.length - shown.length;
  return [title, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}
