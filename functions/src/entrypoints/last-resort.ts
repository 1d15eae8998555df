import { write } from "firebase-functions/logger";
import type { Settlement } from "../ledger/settle.ts";

/**
 * The store did not take a settlement: its entries are logged whole, in one line, so that they can be replayed.
 * They hold ids, counts and amounts, no content.
 */
export async function logUnsettled(settlement: Settlement, cause: unknown): Promise<void> {
  write({
    severity: "ERROR",
    message: "Entries were not written to the ledger",
    unsettled: JSON.stringify(settlement),
    because: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause),
  });
}
