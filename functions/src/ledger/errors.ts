/** The store refused or did not answer; nothing is known to have been written. */
export class LedgerStoreError extends Error {
  override readonly name = "LedgerStoreError";
}
