/** Upper bounds of latency buckets, ms; what is slower falls into "inf". */
export const LATENCY_BOUNDS_MS = [
  100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000,
];
/** Upper bounds of buckets of the time to the first chunk, ms. */
export const FIRST_CHUNK_BOUNDS_MS = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/** The bucket that a duration falls in, named by its upper bound: 120 ms -> "250". */
export function bucketOf(durationMs: number, boundsMs: readonly number[]): string {
  return String(boundsMs.find((bound) => durationMs <= bound) ?? "inf");
}
