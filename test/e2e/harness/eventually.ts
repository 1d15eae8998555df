const LOOK_AGAIN_MS = 50;

/** Looks again until it is so; says what it saw last when it never is. */
export async function eventually<T>(
  look: () => Promise<T>,
  isSo: (seen: T) => boolean,
  timeoutMs = 20_000,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (performance.now() > deadlineMs) {
      throw new Error(`after ${timeoutMs} ms still ${JSON.stringify(seen)?.slice(0, 2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}
