/** Keeps so many calls going until the time is over, each worker one after the other; waits for the last ones. */
export async function keepCalling<T>(
  call: (index: number) => Promise<T>,
  atOnce: number,
  until: { readonly durationMs: number } | { readonly calls: number },
): Promise<{ readonly answers: readonly T[]; readonly elapsedMs: number }> {
  const answers: T[] = [];
  const startedMs = performance.now();
  let next = 0;
  const goesOn = () =>
    "calls" in until ? next < until.calls : performance.now() - startedMs < until.durationMs;
  const worker = async () => {
    while (goesOn()) {
      const index = next;
      next += 1;
      answers.push(await call(index));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { answers, elapsedMs: performance.now() - startedMs };
}
