import { capKeys, KEYED_FIELDS, type KnownKeys, needsStoredKeys, withKeys } from "./caps.ts";
import { LedgerRefusalError, LedgerStoreError } from "./errors.ts";
import { type Outbox, outboxFields, outboxKey, type Target } from "./outbox.ts";
import type { Counters, Fields, Write } from "./plan.ts";
import type { LedgerStore } from "./port.ts";

/** Documents whose keys one instance remembers. */
const MAX_REMEMBERED = 5_000;

export interface AggregateDeps {
  readonly store: LedgerStore;
  readonly deadlineMs: number;
  readonly knownKeys: KeyMemory;
}

/**
 * Adds an outbox document to its aggregates and deletes it, in one commit: a second delivery finds it gone and
 * changes nothing.
 * @throws LedgerStoreError when the store refused or did not answer: deliver again; as LedgerRefusalError when that
 * will not help, see `planSplit`
 */
export async function aggregate(
  deps: AggregateDeps,
  outboxId: string,
  outbox: Outbox,
  now: Date,
): Promise<"aggregated" | "already"> {
  const targets = await capTargets(deps, outbox.targets);
  const outcome = await deps.store.commit(planAggregate(outboxId, targets, now), deps.deadlineMs);
  if (outcome.status === "done") {
    for (const target of targets) deps.knownKeys.learn(pathOf(target), target.add);
    return "aggregated";
  }
  if (outcome.status === "refused" && outcome.why === "missing") return "already";
  const isFinal = outcome.status === "refused" && outcome.why === "invalid";
  const Failure = isFinal ? LedgerRefusalError : LedgerStoreError;
  throw new Failure(`outbox ${outboxId} was not aggregated`, { cause: outcome.cause });
}

/**
 * Two outbox documents in place of one that is refused for good: what one target stops (a document that is full)
 * then reaches all the others. Nothing when there is only one target.
 */
export function planSplit(outboxId: string, outbox: Outbox, randomId: () => string): Write[] {
  if (outbox.targets.length < 2) return [];
  const middle = Math.ceil(outbox.targets.length / 2);
  const halves: Outbox[] = [
    { ...outbox, targets: outbox.targets.slice(0, middle) },
    { ...outbox, entryIds: [], targets: outbox.targets.slice(middle), settledWindows: [] },
  ];
  return [
    { kind: "delete", doc: outboxKey(outboxId) },
    ...halves.map(
      (half): Write => ({ kind: "create", doc: outboxKey(randomId()), fields: outboxFields(half) }),
    ),
  ];
}

/** Deletes the outbox document and adds each target's sums; the delete guards the increments. */
export function planAggregate(outboxId: string, targets: readonly Target[], now: Date): Write[] {
  return [
    { kind: "delete", doc: outboxKey(outboxId) },
    ...targets.map(
      ({ collection, id, set, add, min, max }): Write => ({
        kind: "add",
        doc: { collection, id },
        set: { ...set, updatedAt: now },
        add,
        ...(min ? { min } : {}),
        ...(max ? { max } : {}),
      }),
    ),
  ];
}

/** Remembers which keys the maps of a document have, so that only a key never seen costs a read. */
export class KeyMemory {
  private readonly keys = new Map<string, KnownKeys>();

  get(path: string): KnownKeys | undefined {
    return this.keys.get(path);
  }

  learn(path: string, add: Counters): void {
    const known = withKeys(this.keys.get(path), add);
    this.keys.delete(path);
    this.keys.set(path, known);
    const oldest = this.keys.keys().next().value;
    if (this.keys.size > MAX_REMEMBERED && oldest !== undefined) this.keys.delete(oldest);
  }
}

async function capTargets(deps: AggregateDeps, targets: readonly Target[]): Promise<Target[]> {
  const unsure = targets.filter((t) => needsStoredKeys(t.add, deps.knownKeys.get(pathOf(t))));
  if (unsure.length > 0) await learnStored(deps, unsure);
  return targets.map((target) => ({
    ...target,
    add: capKeys(target.add, deps.knownKeys.get(pathOf(target)) ?? new Map()),
  }));
}

async function learnStored(deps: AggregateDeps, targets: readonly Target[]): Promise<void> {
  const stored = await deps.store.readMaps(targets, KEYED_FIELDS, deps.deadlineMs);
  for (const [index, target] of targets.entries()) {
    deps.knownKeys.learn(pathOf(target), (stored[index] ?? {}) as Fields as Counters);
  }
}

function pathOf(target: Target): string {
  return `${target.collection}/${target.id}`;
}
