import { addCounters, type Counters } from "./plan.ts";

/** Where what is beyond a map's cap is counted. */
export const OTHER_KEY = "~other";

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

/** Keys that a document's maps are known to have. */
export type KnownKeys = ReadonlyMap<string, ReadonlySet<string>>;

/** Capped maps in which a tree has a key that is not known to be there. */
export function mapsWithNewKeys(add: Counters, known: KnownKeys | undefined): string[] {
  return Object.keys(MAP_CAPS).filter((name) =>
    Object.keys(mapOf(add, name)).some((key) => !known?.get(name)?.has(key)),
  );
}

/** Moves what would take a map beyond its cap to "~other"; keys that are there keep growing. */
export function capKeys(add: Counters, known: KnownKeys): Counters {
  const capped: Record<string, number | Counters> = { ...add };
  for (const [name, cap] of Object.entries(MAP_CAPS)) {
    if (add[name] === undefined) continue;
    capped[name] = capMap(mapOf(add, name), known.get(name) ?? new Set(), cap);
  }
  return capped;
}

/** The known keys after a commit of `add`. */
export function withKeys(known: KnownKeys | undefined, add: Counters): Map<string, Set<string>> {
  const next = new Map([...(known ?? [])].map(([name, keys]) => [name, new Set(keys)]));
  for (const name of Object.keys(MAP_CAPS)) {
    const keys = next.get(name) ?? new Set<string>();
    for (const key of Object.keys(mapOf(add, name))) keys.add(key);
    next.set(name, keys);
  }
  return next;
}

function capMap(map: Counters, known: ReadonlySet<string>, cap: number): Counters {
  let room = cap - known.size - (known.has(OTHER_KEY) ? 0 : 1);
  let capped: Counters = {};
  for (const [key, value] of Object.entries(map)) {
    const fits = known.has(key) || room > 0;
    if (fits && !known.has(key)) room -= 1;
    capped = addCounters(capped, { [fits ? key : OTHER_KEY]: value });
  }
  return capped;
}

function mapOf(tree: Counters, name: string): Counters {
  const map = tree[name];
  return typeof map === "object" ? map : {};
}
