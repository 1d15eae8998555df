import type { Comparison } from "./compare.ts";
import type { CompareStore } from "./compare-port.ts";
import { LedgerStoreError } from "./errors.ts";
import { pathOf } from "./expected.ts";
import { type NotedLeaf, planRepair, planStep, type RepairedBy, repairKey } from "./repair.ts";

export interface RepairDeps {
  readonly store: CompareStore;
  readonly deadlineMs: number;
  readonly by: RepairedBy;
  randomId(): string;
  /** Loud: what people decided by was wrong until now. */
  reportRepair(repair: MadeRepair): Promise<void>;
}

export interface MadeRepair {
  readonly aggregate: string;
  readonly at: Date;
  readonly leaves: readonly NotedLeaf[];
}

export interface RepairResult {
  readonly isMade: boolean;
  /** false: a part of it needs the document as it was read, and that has moved on; compare again. */
  readonly isWhole: boolean;
}

/**
 * Makes a document right that differs, commit by commit. Another care that has compared at the same instant is
 * refused, or refuses this one; whoever is refused stops.
 * @throws LedgerStoreError when a commit was refused for good or ended unclear: compare again
 */
export async function repair(
  deps: RepairDeps,
  { differences, ...comparison }: Comparison,
  now: Date,
): Promise<RepairResult> {
  if (!differences) return { isMade: false, isWhole: true };
  const aggregate = pathOf(comparison.doc);
  const context = { nonce: deps.randomId(), by: deps.by, now };
  const leaves: NotedLeaf[] = [];
  let isWhole = true;
  let unclear: LedgerStoreError | undefined;
  let seq = comparison.lastRepair + 1;
  for (const step of planRepair({ ...comparison, differences }, now)) {
    const writes = planStep(aggregate, seq, step, context);
    const outcome = await deps.store.commit(writes, deps.deadlineMs);
    const noted = outcome.status === "done" ? context.nonce : await nonceAt(deps, aggregate, seq);
    if (noted === context.nonce) {
      leaves.push(...step.leaves);
      seq += 1;
    } else if (noted === undefined && outcome.status === "refused" && outcome.why === "stale") {
      isWhole = false;
    } else {
      if (noted === undefined) unclear = stopped(aggregate, outcome);
      break;
    }
  }
  if (leaves.length > 0) await deps.reportRepair({ aggregate, at: now, leaves });
  if (unclear) throw unclear;
  return { isMade: leaves.length > 0, isWhole };
}

/** Whose note stands there; undefined: nobody's. */
async function nonceAt({ store }: RepairDeps, aggregate: string, seq: number): Promise<unknown> {
  const [note] = await store.atOneInstant((view) => view.read([repairKey(aggregate, seq)]));
  return note?.fields.nonce;
}

function stopped(
  aggregate: string,
  { status, cause }: { readonly status: string; readonly cause?: unknown },
): LedgerStoreError {
  return new LedgerStoreError(`the repair of ${aggregate} is ${status}`, { cause });
}
