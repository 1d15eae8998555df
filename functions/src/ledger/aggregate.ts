import { capKeys, type KnownKeys, MAP_CAPS, mapsWithNewKeys, withKeys } from "./caps.ts";
import { LedgerStoreError } from "./errors.ts";
import { type Outbox, outboxKey, type Target } from "./outbox.ts";
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
 * @throws LedgerStoreError when the store refused or did not answer: deliver again
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
  throw new LedgerStoreError(`outbox ${outboxId} was not aggregated (${outcome.status})`, {
    cause: outcome.cause,
  });
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
  const unsure = targets.filter(
    (t) => mapsWithNewKeys(t.add, deps.knownKeys.get(pathOf(t))).length > 0,
  );
  if (unsure.length > 0) await learnStored(deps, unsure);
  return targets.map((target) => ({
    ...target,
    add: capKeys(target.add, deps.knownKeys.get(pathOf(target)) ?? new Map()),
  }));
}

async function learnStored(deps: AggregateDeps, targets: readonly Target[]): Promise<void> {
  const stored = await deps.store.readMaps(targets, Object.keys(MAP_CAPS), deps.deadlineMs);
  for (const [index, target] of targets.entries()) {
    deps.knownKeys.learn(pathOf(target), (stored[index] ?? {}) as Fields as Counters);
  }
}

function pathOf(target: Target): string {
  return `${target.collection}/${target.id}`;
}
