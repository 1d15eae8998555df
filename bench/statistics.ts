/** Of a figure that was taken once per round. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** By nearest rank: percentile([10, 20, 30, 40], 50) is 20. @throws RangeError when there are no values */
export function percentile(values: readonly number[], percent: number): number {
  if (percent < 0 || percent > 100) throw new RangeError(`${percent} is no percentage`);
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(Math.ceil((percent / 100) * sorted.length), 1);
  const value = sorted[rank - 1];
  if (value === undefined) throw new RangeError("a percentile of no values");
  return value;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError("a median of no values");
  return (lower + upper) / 2;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/**
 * How many times the peer's figure ours is. Round by round, since the two of a round met the same machine, and
 * then the median: ratioOf([2, 8], [1, 2]) is the median of 2 and 4.
 */
export function ratioOf(ours: readonly number[], peers: readonly number[]): Spread {
  if (ours.length !== peers.length) throw new RangeError("as many rounds on both sides");
  return spread(ours.map((value, round) => value / (peers[round] as number)));
}
