import type { EntryDraft } from "../entry.ts";
import type { Hold } from "../hold.ts";
import { sampleAttempts, sampleDraft } from "./sample-call.ts";
import type { CallRecord } from "./world-types.ts";

/** Of what it would have come to, a stream that its caller left has brought so much. */
const PART_OF_LEFT = 1 / 3;

/**
 * The entries of a call that has ended: whole, perhaps after a broken attempt; left by its caller; or never sent, which
 * counts no request. The world holds it against them.
 */
export function endedEntries(
  record: CallRecord,
  hold: Hold,
  classes: { readonly input: number; readonly output: number },
  settledAt: Date,
  isRepeated: boolean,
): EntryDraft[] {
  const entries = entriesOf(record, hold, classes, settledAt, isRepeated);
  record.attempts = entries.length;
  record.actualNanoUsd = entries.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
  record.requests = isSent(record) ? 1 : 0;
  return entries;
}

function entriesOf(
  record: CallRecord,
  hold: Hold,
  classes: { readonly input: number; readonly output: number },
  settledAt: Date,
  isRepeated: boolean,
): EntryDraft[] {
  const isLeft = record.leftBefore !== undefined;
  if (!isSent(record)) {
    const status = isLeft ? "aborted" : "error";
    return [sampleDraft(hold, {}, { requests: 0, status, settledAt })];
  }
  if (isLeft) {
    const output = Math.floor(classes.output * PART_OF_LEFT);
    return [sampleDraft(hold, { ...classes, output }, { status: "aborted", settledAt })];
  }
  return isRepeated
    ? sampleAttempts(hold, classes, settledAt)
    : [sampleDraft(hold, classes, { settledAt })];
}

function isSent({ spec, leftBefore }: CallRecord): boolean {
  return !spec.isRefused && leftBefore !== "sent";
}
