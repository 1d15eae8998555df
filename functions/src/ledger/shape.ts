import { MAP_CAPS } from "./caps.ts";
import type { ComparedCollection } from "./compare-port.ts";
import type { Counters } from "./plan.ts";
import { THIN_NAMES } from "./totals.ts";

/** The fields of an aggregate that are sums. */
interface Shape {
  /** Maps whose keys add up to `totals`, counter by counter. */
  readonly full: readonly string[];
  /** The same with the thin counters only. */
  readonly thin: readonly string[];
  readonly others: readonly string[];
}

export const SHAPES: Readonly<Record<ComparedCollection, Shape>> = {
  usage_monthly: {
    full: ["byModel", "byAgent", "byOperation", "byDay"],
    thin: [],
    others: ["totals"],
  },
  usage_sessions: {
    full: ["byModel", "byAgent"],
    thin: [],
    others: ["totals"],
  },
  usage_daily: {
    full: ["byModel", "byAgent", "byDepartment", "byOrg"],
    thin: ["byHourModel", "byModelPhase", "byDepartmentModel", "byOrgModel"],
    others: ["totals", "latencyMs", "firstChunkMs"],
  },
  budget_windows: { full: [], thin: [], others: ["spent", "held"] },
};

export function sumFieldsOf(collection: ComparedCollection): readonly string[] {
  const { full, thin, others } = SHAPES[collection];
  return [...others, ...full, ...thin];
}

/** How many keys a map may have; undefined: as many as there are. */
export function capOf(field: string): number | undefined {
  return MAP_CAPS[field];
}

/** What a map comes to over its keys: { "a": { calls: 1 }, "b": { calls: 2 } } -> calls 3. */
export function overKeys(map: unknown): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const inner of Object.values(treeOf(map) ?? {})) {
    for (const [path, value] of leavesOf(inner)) sums.set(path, (sums.get(path) ?? 0) + value);
  }
  return sums;
}

/** Paths and values of the numbers in a tree. What is no number counts as NaN, so that it equals nothing. */
export function leavesOf(tree: unknown, path = ""): [path: string, value: number][] {
  const inner = treeOf(tree);
  if (!inner) return [[path, typeof tree === "number" ? tree : Number.NaN]];
  return Object.entries(inner).flatMap(([key, value]) =>
    leavesOf(value, path === "" ? key : `${path}.${key}`),
  );
}

/** Whether a document's maps say what its totals say: every commit adds the same to both. */
export function mapsAgree(
  collection: ComparedCollection,
  fields: Readonly<Record<string, unknown>>,
): boolean {
  const { full, thin } = SHAPES[collection];
  const totals = new Map(leavesOf(fields.totals ?? {}));
  const thinTotals = new Map([...totals].filter(([name]) => isThin(name)));
  return (
    full.every((name) => areEqual(overKeys(fields[name]), totals)) &&
    thin.every((name) => areEqual(overKeys(fields[name]), thinTotals))
  );
}

function areEqual(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return [...new Set([...a.keys(), ...b.keys()])].every(
    (key) => (a.get(key) ?? 0) === (b.get(key) ?? 0),
  );
}

function isThin(name: string): boolean {
  return (THIN_NAMES as readonly string[]).includes(name);
}

/** A map as it is stored; undefined for anything else. */
export function treeOf(value: unknown): Readonly<Record<string, Counters | number>> | undefined {
  return typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date)
    ? (value as Readonly<Record<string, Counters | number>>)
    : undefined;
}
