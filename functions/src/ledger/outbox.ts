import type { UnpricedUse } from "../budgets/unpriced-alert.ts";
import { contributionsOf, type TargetedContribution } from "./contributions.ts";
import type { Entry } from "./entry.ts";
import { addCounters, countLeaves, type DocumentKey, type Fields, withoutZeros } from "./plan.ts";
import { unpricedUses } from "./unpriced-models.ts";
import { isSettled } from "./window-move.ts";

/** Increments that one document may get from one outbox document; Firestore takes 500 per commit. */
export const MAX_INCREMENTS_PER_TARGET = 400;
/** Entries behind one outbox document; an event may be 512 KB. */
export const MAX_ENTRIES_PER_OUTBOX = 100;
/** Size of an outbox document, bytes of its JSON. */
export const MAX_OUTBOX_BYTES = 200_000;

/** Of what JSON is made: "-9007199254740991", "{}", ":" and ",", and a character as \u0000. */
const MAX_NUMBER_BYTES = 17;
const BRACES_BYTES = 2;
const SEPARATORS_BYTES = 2;
const ESCAPED_BYTES = 6;
const PLAIN = /^[ !#-[\]-~]*$/;

/** What the entries of one settle batch add to aggregates; deleted by the commit that adds it. */
export interface Outbox {
  readonly createdAt: Date;
  readonly entryIds: readonly string[];
  readonly targets: readonly Target[];
  /** Windows that moved with the entries' own commit: aggregation looks at their alerts. */
  readonly settledWindows: readonly string[];
  /** Calls of models without a price: aggregation alerts on them. Absent where there are none. */
  readonly unpriced?: readonly UnpricedUse[];
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
  const open: OpenOutbox[] = [];
  for (const entry of entries) {
    const added = targetsOf(entry);
    const last = open.at(-1);
    if (!last || !takeIn(last, entry.entryId, added)) open.push(openOutbox(entry.entryId, added));
  }
  const settled = settledWindowsOf(entries);
  return open.map(({ entryIds, targets }) => ({
    createdAt,
    entryIds,
    targets: [...targets.values()].map(withoutNothing),
    settledWindows: entryIds.flatMap((id) => settled.get(id) ?? []),
    ...unpricedAmong(entries, entryIds),
  }));
}

function unpricedAmong(
  entries: readonly Entry[],
  entryIds: readonly string[],
): Pick<Outbox, "unpriced"> {
  const unpriced = unpricedUses(entries.filter(({ entryId }) => entryIds.includes(entryId)));
  return unpriced.length === 0 ? {} : { unpriced };
}

/** Corrections of one batch can take back what another one brings. */
function withoutNothing(target: Target): Target {
  return { ...target, add: withoutZeros(target.add) };
}

/** Window ids by entry, each window once. */
function settledWindowsOf(entries: readonly Entry[]): ReadonlyMap<string, readonly string[]> {
  const seen = new Set<string>();
  return new Map(
    entries.map(({ entryId, windows }) => {
      const fresh = windows.filter((move) => isSettled(move) && !seen.has(move.windowId));
      for (const { windowId } of fresh) seen.add(windowId);
      return [entryId, fresh.map(({ windowId }) => windowId)];
    }),
  );
}

export function outboxFields(outbox: Outbox): Fields {
  return { ...outbox };
}

/** An outbox document that still grows; targets by path. */
interface OpenOutbox {
  readonly entryIds: string[];
  targets: ReadonlyMap<string, Target>;
  /** At least its size: sums are never longer than the numbers that they are made of. */
  bytesAtMost: number;
}

function openOutbox(entryId: string, targets: ReadonlyMap<string, Target>): OpenOutbox {
  return { entryIds: [entryId], targets, bytesAtMost: bytesOf(targets) };
}

/** Adds an entry's targets, or leaves the outbox as it is and says that it is full. */
function takeIn(outbox: OpenOutbox, entryId: string, added: ReadonlyMap<string, Target>): boolean {
  if (outbox.entryIds.length >= MAX_ENTRIES_PER_OUTBOX) return false;
  const targets = new Map(outbox.targets);
  for (const [path, target] of added) {
    const before = targets.get(path);
    const after = before ? mergeTarget(before, target) : target;
    if (countLeaves(after.add) > MAX_INCREMENTS_PER_TARGET) return false;
    targets.set(path, after);
  }
  let bytesAtMost = outbox.bytesAtMost + bytesOf(added);
  if (bytesAtMost > MAX_OUTBOX_BYTES) bytesAtMost = bytesOf(targets);
  if (bytesAtMost > MAX_OUTBOX_BYTES) return false;
  outbox.entryIds.push(entryId);
  Object.assign(outbox, { targets, bytesAtMost });
  return true;
}

function targetsOf(entry: Entry): ReadonlyMap<string, Target> {
  return new Map(
    contributionsOf(entry).map(({ doc, ...contribution }) => [
      `${doc.collection}/${doc.id}`,
      { ...doc, ...contribution },
    ]),
  );
}

function bytesOf(targets: ReadonlyMap<string, Target>): number {
  let bytes = 0;
  for (const target of targets.values()) bytes += jsonBytesAtMost(target);
  return bytes;
}

/** Without making the JSON, which would take longer than all the rest of an outbox. */
function jsonBytesAtMost(value: unknown): number {
  if (typeof value === "string") return jsonTextBytesAtMost(value);
  if (typeof value !== "object" || value === null) return MAX_NUMBER_BYTES;
  let bytes = BRACES_BYTES;
  for (const [key, inner] of Object.entries(value)) {
    bytes += jsonTextBytesAtMost(key) + SEPARATORS_BYTES + jsonBytesAtMost(inner);
  }
  return bytes;
}

function jsonTextBytesAtMost(text: string): number {
  return 2 + (PLAIN.test(text) ? text.length : ESCAPED_BYTES * text.length);
}

function mergeTarget(a: Target, b: Target): Target {
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
