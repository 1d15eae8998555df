/** The store refused or did not answer; nothing is known to have been written. */
export class LedgerStoreError extends Error {
  override readonly name: string = "LedgerStoreError";
}

/** The store will never take this write as it is. */
export class LedgerRefusalError extends LedgerStoreError {
  override readonly name = "LedgerRefusalError";
}
