/** Does a job for 0 .. count - 1, so many at a time; results in that order. */
export async function inParallel<T>(
  count: number,
  concurrency: number,
  job: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < count; index = next++) results[index] = await job(index);
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return results;
}
