import type { PendingBatch } from "./port.ts";

/** Outbox documents that a report looks at; when more are waiting, `pendingEntries` is a lower bound. */
export const MAX_PENDING_BATCHES = 50;

/** How fresh a report is and what it took. */
export interface ReportFacts {
  /** ISO instant. */
  readonly asOf: string;
  /** Entries that are in the ledger and not yet in the aggregates; 0 for what was counted from the ledger. */
  readonly pendingEntries: number;
  readonly source: "aggregate" | "ledger";
  readonly documentsRead: number;
}

/** Entries that wait for aggregation; with `paths` those that wait for one of these aggregates. */
export function pendingEntries(
  batches: readonly PendingBatch[],
  paths?: readonly string[],
): number {
  if (!paths) return batches.reduce((sum, { entries }) => sum + entries, 0);
  return batches
    .flatMap(({ calls }) => paths.map((path) => calls.get(path)))
    .reduce<number>((sum, calls) => sum + (calls === undefined ? 0 : Math.max(calls, 1)), 0);
}
