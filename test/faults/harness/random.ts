/** Chance that can be had again: the same seed, the same choices in the same order. */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number, both ends included. */
  from(min: number, max: number): number;
  pick<T>(items: readonly T[]): T;
  /** True so often. */
  happens(share: number): boolean;
}

/**
 * The chance of one test file, and its seed on the output: FAULTS_SEED of the environment, or a new one.
 */
export function seededBy(name: string): Random {
  const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 2 ** 31));
  if (!Number.isSafeInteger(seed)) throw new Error("FAULTS_SEED is no whole number");
  process.stdout.write(`${name}: FAULTS_SEED=${seed}\n`);
  return randomOf(seed);
}

/** mulberry32, https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const from = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    from,
    pick: (items) => {
      if (items.length === 0) throw new Error("there is nothing to choose from");
      return items[from(0, items.length - 1)] as (typeof items)[number];
    },
    happens: (share) => next() < share,
  };
}
