import { addExact } from "../core/money.ts";
import type { Comparable } from "./comparable.ts";
import type { FoldedEntry } from "./compare-port.ts";
import { amountIn, contributionsOf } from "./contributions.ts";
import type { Outbox, Target } from "./outbox.ts";
import { addCounters, type Contribution, type Counters, type Fields } from "./plan.ts";

/** Sums to a document: what the entries say, or what still waits in the outbox. */
export type Sums = Required<Contribution>;

export const NOTHING: Sums = { set: {}, add: {}, min: {}, max: {} };

/** What one more entry adds to the document, by the very code that made it add up in the first place. */
export function withEntry(sums: Sums, entry: FoldedEntry, comparable: Comparable): Sums {
  if (comparable.collection === "budget_windows")
    return withWindowEntry(sums, entry, comparable.id);
  const own = contributionsOf(entry).find(
    ({ doc }) => doc.collection === comparable.collection && doc.id === comparable.id,
  );
  return own ? plus(sums, own) : sums;
}

/** A window holds every entry that names it, whoever moves it. */
function withWindowEntry(sums: Sums, entry: FoldedEntry, windowId: string): Sums {
  const move = entry.windows.find((each) => each.windowId === windowId);
  if (!move) return sums;
  const { budgetId, scope, scopeId, userId, unit, window, period, since, expireAt } = move;
  return plus(sums, {
    set: { budgetId, scope, scopeId, userId, unit, window, period, since, expireAt },
    add: { spent: amountIn(unit, entry.add) },
  });
}

/** What outbox documents are still to add, by the path of its document; only to those that are asked for. */
export class PendingSums {
  private readonly byPath = new Map<string, Sums>();

  constructor(paths: readonly string[]) {
    for (const path of paths) this.byPath.set(path, NOTHING);
  }

  take({ targets }: Pick<Outbox, "targets">): void {
    for (const target of targets) {
      const path = pathOf(target);
      const before = this.byPath.get(path);
      if (before) this.byPath.set(path, plus(before, target));
    }
  }

  of(doc: Pick<Target, "collection" | "id">): Sums {
    return this.byPath.get(pathOf(doc)) ?? NOTHING;
  }
}

export function pathOf({ collection, id }: Pick<Target, "collection" | "id">): string {
  return `${collection}/${id}`;
}

function plus(sums: Sums, { set, add, min = {}, max = {} }: Contribution): Sums {
  return {
    set: { ...sums.set, ...set } satisfies Fields,
    add: addCounters(sums.add, add),
    min: extremes(sums.min, min, Math.min),
    max: extremes(sums.max, max, Math.max),
  };
}

/** Flat, as `min` and `max` are. */
function extremes(a: Counters, b: Counters, choose: (x: number, y: number) => number): Counters {
  const chosen: Record<string, number | Counters> = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const before = chosen[name];
    chosen[name] = typeof before === "number" ? choose(before, value as number) : value;
  }
  return chosen;
}

/** a - b, leaf by leaf. @throws RangeError beyond 2^53 */
export function minus(a: Counters, b: Counters): Counters {
  const rest: Record<string, number | Counters> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = rest[key];
    rest[key] =
      typeof value === "number"
        ? addExact((before as number | undefined) ?? 0, -value, key)
        : minus((before as Counters | undefined) ?? {}, value);
  }
  return rest;
}
