import { addCounters, type Counters } from "./plan.ts";

/** Where what is beyond a map's cap is counted. */
export const OTHER_KEY = "~other";
/** The tree of `usage_totals` that negative contributions count up in; its maps share the keys of those outside. */
export const CREDITS = "credits";

/** Keys per map at most, whoever makes them grow; a report beyond that asks the ledger. */
export const MAP_CAPS: Readonly<Record<string, number>> = {
  byModel: 200,
  byAgent: 50,
  byOperation: 50,
  byDepartment: 200,
  byOrg: 200,
  byHourModel: 500,
  byModelPhase: 500,
  byDepartmentModel: 500,
  byOrgModel: 500,
};

/** The top-level fields of a document that `knownKeys` are learnt from. */
export const KEYED_FIELDS: readonly string[] = [...Object.keys(MAP_CAPS), CREDITS];

/** Keys that a document's maps are known to have. */
export type KnownKeys = ReadonlyMap<string, ReadonlySet<string>>;

/** Whether the document must be read before a tree can be capped: it has keys not known to be there, and room. */
export function needsStoredKeys(add: Counters, known: KnownKeys | undefined): boolean {
  return Object.entries(MAP_CAPS).some(([name, cap]) => {
    const keys = known?.get(name);
    const isNew = keysIn(add, name).some((key) => !keys?.has(key));
    return isNew && (!keys || roomIn(keys, cap) > 0);
  });
}

/** Moves what would take a map beyond its cap to "~other"; keys that are there keep growing. */
export function capKeys(add: Counters, known: KnownKeys): Counters {
  const capped: Record<string, number | Counters> = { ...add };
  const credits: Record<string, number | Counters> = { ...mapOf(add, CREDITS) };
  for (const [name, cap] of Object.entries(MAP_CAPS)) {
    const fitting = fittingKeys(keysIn(add, name), known.get(name) ?? new Set(), cap);
    for (const tree of [capped, credits]) {
      if (tree[name] !== undefined) tree[name] = moveOthers(mapOf(tree, name), fitting);
    }
  }
  return add[CREDITS] === undefined ? capped : { ...capped, [CREDITS]: credits };
}

/** The known keys after a commit of `add`. */
export function withKeys(known: KnownKeys | undefined, add: Counters): KnownKeys {
  const next = new Map<string, ReadonlySet<string>>();
  for (const name of Object.keys(MAP_CAPS)) {
    const before = known?.get(name) ?? new Set<string>();
    const fresh = keysIn(add, name).filter((key) => !before.has(key));
    next.set(name, fresh.length === 0 ? before : new Set([...before, ...fresh]));
  }
  return next;
}

function fittingKeys(
  keys: readonly string[],
  known: ReadonlySet<string>,
  cap: number,
): ReadonlySet<string> {
  const unknown = keys.filter((key) => !known.has(key) && key !== OTHER_KEY);
  return new Set([...known, ...unknown.slice(0, Math.max(roomIn(known, cap), 0))]);
}

/** One place is kept for "~other". */
function roomIn(known: ReadonlySet<string>, cap: number): number {
  return cap - known.size - (known.has(OTHER_KEY) ? 0 : 1);
}

function moveOthers(map: Counters, fitting: ReadonlySet<string>): Counters {
  return Object.entries(map).reduce<Counters>(
    (moved, [key, value]) => addCounters(moved, { [fitting.has(key) ? key : OTHER_KEY]: value }),
    {},
  );
}

function keysIn(tree: Counters, name: string): string[] {
  const keys = [tree, mapOf(tree, CREDITS)].flatMap((part) => Object.keys(mapOf(part, name)));
  return [...new Set(keys)];
}

function mapOf(tree: Counters, name: string): Counters {
  const map = tree[name];
  return typeof map === "object" ? map : {};
}
