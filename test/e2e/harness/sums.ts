import { find, type ReadOptions, type Stored } from "./store.ts";

/** A tree of counters: what an entry adds, what an aggregate has. */
export interface Tree {
  readonly [key: string]: number | Tree;
}

/** Sums leaf by leaf; a sum of 0 is left out, for what is absent is 0. */
export function sumTrees(trees: readonly Tree[]): Tree {
  const sums: Record<string, number | Tree> = {};
  for (const key of new Set(trees.flatMap(Object.keys))) {
    const values = trees.map((tree) => tree[key]).filter((value) => value !== undefined);
    const inner = values.filter((value) => typeof value === "object");
    const sum = inner.length > 0 ? sumTrees(inner) : sumNumbers(values as number[]);
    if (typeof sum === "number" ? sum !== 0 : Object.keys(sum).length > 0) sums[key] = sum;
  }
  return sums;
}

function sumNumbers(values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + BigInt(value), 0n);
  if (!Number.isSafeInteger(Number(sum))) throw new Error(`${sum} is beyond 2^53`);
  return Number(sum);
}

/** What the entries add to every aggregate. */
export function sumOfEntries(entries: readonly Stored[]): Tree {
  return sumTrees(entries.map(({ fields }) => fields.add as Tree));
}

/** The sums of a map over the documents that have it, zeros left out. */
export function sumOfField(documents: readonly Stored[], field: string): Tree {
  return sumTrees(documents.map(({ fields }) => (fields[field] ?? {}) as Tree));
}

/** A map's values together: it has to say what the totals beside it say. */
export function sumOverKeys(map: Tree): Tree {
  return sumTrees(Object.values(map) as Tree[]);
}

/** The entries of a user. */
export function entriesOf(userId: string, options?: ReadOptions): Promise<Stored[]> {
  return find("usage_tracking", { userId }, options);
}
