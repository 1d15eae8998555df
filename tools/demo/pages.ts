import { alertTable } from "./alert-table.ts";
import type { Outcome } from "./conversation.ts";
import { modelTable } from "./model-table.ts";
import { grouped } from "./money.ts";
import { proofLines } from "./proof-lines.ts";
import type { Results } from "./results.ts";
import type { Colors } from "./screen.ts";
import { topUsersTable } from "./top-users-table.ts";
import type { Tally } from "./traffic.ts";
import { userTable } from "./user-table.ts";

const MAX_SURPRISES = 10;

/** All tables of a run, in the order in which they are read. */
export function tableLines(
  results: Results,
  nameOf: (uid: string) => string,
  colors: Colors,
): string[] {
  const { everyone, usage, alerts, topUsers, proof } = results;
  const { bold } = colors;
  return [
    "",
    bold("Who spent what"),
    ...userTable(everyone, usage, colors),
    "",
    bold("Models"),
    ...modelTable(usage, colors),
    "",
    bold(`Alerts (${alerts.length})`),
    ...alertTable(alerts, nameOf, colors),
    "",
    bold("Top users of the month"),
    ...topUsersTable(topUsers, colors),
    "",
    bold("Proof"),
    ...proofLines(proof, colors),
  ];
}

/** How many were sent, which of them failed as their samples ask, and what nobody asked for. */
export function failureLines({ calls, failed, surprising }: Tally, took: string): string[] {
  const wanted = failed.filter((outcome) => !surprising.includes(outcome));
  const shown = surprising.slice(0, MAX_SURPRISES).map(surpriseLine);
  const more = surprising.length - shown.length;
  return [
    `  ${grouped(calls)} calls in ${took}`,
    ...(wanted.length > 0 ? [`  failed on purpose: ${reasonsOf(wanted)}`] : []),
    ...shown,
    ...(more > 0 ? [`  ! and ${more} more`] : []),
  ];
}

function surpriseLine({ user, sessionId, model, failure }: Outcome): string {
  const what = failure ?? "answered, though its sample asks for a failure";
  return `  ! ${user}, ${sessionId}, ${model}: ${what}`;
}

function reasonsOf(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const { failure } of outcomes) {
    const reason = failure ?? "";
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(", ");
}
