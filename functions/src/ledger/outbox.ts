import { contributionsOf, type TargetedContribution } from "./contributions.ts";
import type { Entry } from "./entry.ts";
import { addCounters, countLeaves, type DocumentKey, type Fields } from "./plan.ts";

/** Increments that one document may get from one outbox document; Firestore takes 500 per commit. */
export const MAX_INCREMENTS_PER_TARGET = 400;
/** Entries behind one outbox document; an event may be 512 KB. */
export const MAX_ENTRIES_PER_OUTBOX = 100;
/** Size of an outbox document, bytes of its JSON. */
export const MAX_OUTBOX_BYTES = 200_000;

/** What the entries of one settle batch add to aggregates; deleted by the commit that adds it. */
export interface Outbox {
  readonly createdAt: Date;
  readonly entryIds: readonly string[];
  readonly targets: readonly Target[];
}

/** The sum of what several entries add to one document. */
export interface Target extends Omit<TargetedContribution, "doc"> {
  readonly collection: DocumentKey["collection"];
  readonly id: string;
}

export function outboxKey(id: string): DocumentKey {
  return { collection: "usage_outbox", id };
}

/** Sums contributions per document, cut so that no outbox document leaves its bounds. */
export function outboxesOf(entries: readonly Entry[], createdAt: Date): Outbox[] {
  const outboxes: Outbox[] = [];
  let open: Outbox | undefined;
  for (const entry of entries) {
    const grown: Outbox | undefined = open && {
      createdAt,
      entryIds: [...open.entryIds, entry.entryId],
      targets: mergeTargets(open.targets, contributionsOf(entry)),
    };
    if (grown && isWithinBounds(grown)) {
      open = grown;
      continue;
    }
    if (open) outboxes.push(open);
    open = {
      createdAt,
      entryIds: [entry.entryId],
      targets: mergeTargets([], contributionsOf(entry)),
    };
  }
  return open ? [...outboxes, open] : outboxes;
}

export function outboxFields(outbox: Outbox): Fields {
  return { ...outbox };
}

function mergeTargets(
  targets: readonly Target[],
  added: readonly TargetedContribution[],
): Target[] {
  const byPath = new Map(targets.map((target) => [`${target.collection}/${target.id}`, target]));
  for (const { doc, ...contribution } of added) {
    const path = `${doc.collection}/${doc.id}`;
    const before = byPath.get(path);
    byPath.set(path, before ? mergeTarget(before, contribution) : { ...doc, ...contribution });
  }
  return [...byPath.values()];
}

function mergeTarget(a: Target, b: Omit<TargetedContribution, "doc">): Target {
  return {
    collection: a.collection,
    id: a.id,
    set: { ...a.set, ...b.set },
    add: addCounters(a.add, b.add),
    ...(b.min ? { min: extreme(a.min ?? {}, b.min, Math.min) } : {}),
    ...(b.max ? { max: extreme(a.max ?? {}, b.max, Math.max) } : {}),
  };
}

/** `min` and `max` are flat. */
function extreme(
  a: NonNullable<Target["min"]>,
  b: NonNullable<Target["min"]>,
  choose: (x: number, y: number) => number,
): NonNullable<Target["min"]> {
  return Object.fromEntries(
    Object.entries(b).map(([key, value]) => [
      key,
      choose((a[key] ?? value) as number, value as number),
    ]),
  );
}

function isWithinBounds(outbox: Outbox): boolean {
  return (
    outbox.entryIds.length <= MAX_ENTRIES_PER_OUTBOX &&
    outbox.targets.every(({ add }) => countLeaves(add) <= MAX_INCREMENTS_PER_TARGET) &&
    JSON.stringify(outbox).length <= MAX_OUTBOX_BYTES
  );
}
