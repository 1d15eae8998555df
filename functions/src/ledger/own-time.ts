import type { Clock } from "../core/clock.ts";
import { LedgerStoreError } from "./errors.ts";
import type { CommitOutcome, Write } from "./plan.ts";
import type { LedgerStore } from "./port.ts";

type Unclear = Extract<CommitOutcome, { status: "unclear" }>;

/**
 * Commits what several share. It runs until the last of them is due; `onDue` is told of each one before, at its own
 * time, that its outcome is unclear. So who has come last is not given the little time that the first has left.
 */
export async function commitWithin<Part extends { readonly dueMs: number }>(
  { store, clock }: { readonly store: LedgerStore; readonly clock: Clock },
  parts: readonly Part[],
  writes: readonly Write[],
  onDue: (part: Part, outcome: Unclear) => void,
): Promise<CommitOutcome> {
  const lastDueMs = Math.max(...parts.map(({ dueMs }) => dueMs));
  const committing = store.commit(writes, Math.max(lastDueMs - clock.nowMs(), 0));
  const early = parts.filter(({ dueMs }) => dueMs < lastDueMs);
  if (early.length === 0) return committing;
  const ended = committing.then(endOf, () => {});
  const cancel = atTheirTimes(clock, early, (part) =>
    onDue(part, { status: "unclear", cause: new LedgerStoreError("no answer in its time"), ended }),
  );
  try {
    return await committing;
  } finally {
    cancel();
  }
}

function endOf(outcome: CommitOutcome): Promise<void> | undefined {
  return outcome.status === "unclear" ? outcome.ended : undefined;
}

function atTheirTimes<Part extends { readonly dueMs: number }>(
  clock: Clock,
  parts: readonly Part[],
  visit: (part: Part) => void,
): () => void {
  const left = parts.toSorted((a, b) => b.dueMs - a.dueMs);
  let cancel = () => {};
  const wait = () => {
    const next = left.pop();
    if (!next) return;
    cancel = clock.schedule(next.dueMs - clock.nowMs(), () => {
      visit(next);
      wait();
    });
  };
  wait();
  return () => cancel();
}
