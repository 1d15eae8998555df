import { capKeys, type KnownKeys, OTHER_KEY } from "./caps.ts";
import type { ComparedCollection } from "./compare-port.ts";
import { minus, type Sums } from "./expected.ts";
import { addCounters, type Counters, type Fields, withoutZeros } from "./plan.ts";
import { capOf, leavesOf, sumFieldsOf, treeOf } from "./shape.ts";

/** What is wrong with a document, and how it is made right. */
export interface Differences {
  /** To be added, whatever else is added meanwhile. */
  readonly add: Counters;
  /** The first and the last of something, where they only have to move on. */
  readonly min: Counters;
  readonly max: Counters;
  /** Fields that no increment can make right, as a whole; only as of the version that was read. */
  readonly put: Fields;
}

/**
 * Compares a stored document with what the entries say, less what is still in the outbox. A map that holds "~other"
 * is compared over its keys, for nobody knows which entries went there; what differs is counted there too.
 * @param whole what all entries of the document add to it
 */
export function differencesOf(
  collection: ComparedCollection,
  stored: Fields,
  whole: Sums,
  pending: Sums,
): Differences {
  const due = minus(whole.add, pending.add);
  const gaps: Record<string, number | Counters> = {};
  const put: Record<string, unknown> = {};
  for (const name of sumFieldsOf(collection)) {
    const gap = gapBetween(...sidesOf(name, stored[name], due[name]));
    if (gap === undefined) put[name] = capKeys({ [name]: due[name] ?? 0 }, new Map())[name];
    else gaps[name] = gap;
  }
  const [first, last] = EXTREMES.map((extreme) => wrongExtreme(extreme, stored, whole, pending));
  return {
    add: withoutZeros(capKeys(gaps, keysOf(stored))),
    min: first?.min ?? {},
    max: last?.max ?? {},
    put: { ...put, ...first?.put, ...last?.put },
  };
}

export function areNone({ add, min, max, put }: Differences): boolean {
  return [add, min, max, put].every((fields) => Object.keys(fields).length === 0);
}

type Leaf = number | Counters | undefined;

/** due - stored, leaf by leaf; undefined when something there is no integer, so that nothing can be added to it. */
function gapBetween(stored: unknown, due: Leaf): number | Counters | undefined {
  const map = treeOf(stored);
  if (typeof due === "number" || (due === undefined && !map)) {
    return Number.isSafeInteger(stored ?? 0) && stored !== null
      ? (due ?? 0) - Number(stored ?? 0)
      : undefined;
  }
  if (stored !== undefined && !map) return undefined;
  const gaps: Record<string, number | Counters> = {};
  for (const key of new Set([...Object.keys(map ?? {}), ...Object.keys(due ?? {})])) {
    const gap = gapBetween(map?.[key], due?.[key]);
    if (gap === undefined) return undefined;
    gaps[key] = gap;
  }
  return gaps;
}

/** Both sides of one field, a capped map that is full with everything under "~other". */
function sidesOf(name: string, stored: unknown, due: Leaf): [stored: unknown, due: Leaf] {
  const map = treeOf(stored);
  const isFull = map?.[OTHER_KEY] !== undefined && capOf(name) !== undefined;
  if (!isFull || leavesOf(map).some(([, value]) => !Number.isSafeInteger(value))) {
    return [stored, due];
  }
  const { [OTHER_KEY]: other, ...rest } = map;
  const all = sumOfKeys((due ?? {}) as Counters);
  return [{ [OTHER_KEY]: other }, { [OTHER_KEY]: minus(all, sumOfKeys(rest)) }];
}

function sumOfKeys(map: Counters): Counters {
  return Object.values(map).reduce<Counters>(
    (sum, value) => (typeof value === "number" ? sum : addCounters(sum, value)),
    {},
  );
}

const EXTREMES = [
  ["firstAtMs", "min", Math.min],
  ["lastAtMs", "max", Math.max],
] as const;

/** The first and the last call of a session: the one can be lowered and the other raised beside all traffic. */
function wrongExtreme(
  [name, side, choose]: (typeof EXTREMES)[number],
  stored: Fields,
  whole: Sums,
  pending: Sums,
): Partial<Differences> {
  const due = whole[side][name];
  const was = stored[name];
  const sides = [was, pending[side][name]].filter((each) => typeof each === "number");
  const isRight = sides.length > 0 && sides.reduce((a, b) => choose(a, b)) === due;
  if (typeof due !== "number" || isRight) return {};
  const canMove = typeof was !== "number" || choose(was, due) === due;
  return canMove ? { [side]: { [name]: due } } : { put: { [name]: due } };
}

function keysOf(stored: Fields): KnownKeys {
  return new Map(
    Object.entries(stored).flatMap(([name, value]) => {
      const map = treeOf(value);
      return map && capOf(name) !== undefined ? [[name, new Set(Object.keys(map))] as const] : [];
    }),
  );
}
