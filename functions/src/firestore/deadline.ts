/** The store did not answer in time: the outcome is unknown, not failed. The SDK itself would wait for minutes. */
export class StoreTimeoutError extends Error {
  override readonly name = "StoreTimeoutError";
}

/** @throws StoreTimeoutError after `deadlineMs`; the operation itself goes on and its end is ignored. */
export function withDeadline<T>(operation: Promise<T>, deadlineMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new StoreTimeoutError(`no answer from Firestore within ${deadlineMs} ms`)),
      deadlineMs,
    );
    operation.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
