/** The store did not answer in time: the outcome is unknown, not failed. The SDK itself would wait for minutes. */
export class StoreTimeoutError extends Error {
  override readonly name = "StoreTimeoutError";

  constructor(deadlineMs: number) {
    super(`no answer from Firestore within ${deadlineMs} ms`);
  }
}

/** @throws StoreTimeoutError after `deadlineMs`; the operation itself goes on and its end is ignored. */
export function withDeadline<T>(operation: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = atDeadline(deadlineMs, () => reject(new StoreTimeoutError(deadlineMs)));
    operation.then(resolve, reject).finally(cancel);
  });
}

/**
 * Calls back after `deadlineMs`, unless it is cancelled. A process that was busy for so long may not have read yet what
 * has come for it: timers go first, so what has arrived is read twice before anybody gives up.
 */
export function atDeadline(deadlineMs: number, callback: () => void): () => void {
  let isOver = false;
  const end = () => {
    if (!isOver) callback();
  };
  const timer = setTimeout(() => setImmediate(() => setImmediate(end)), deadlineMs);
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
