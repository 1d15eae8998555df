import { write } from "firebase-functions/logger";
import { encodeSettlement } from "../ledger/overflow.ts";
import type { Settlement } from "../ledger/settle.ts";
import { type OverflowPublisher, pubsubOverflow } from "../pubsub/overflow-publisher.ts";
import { projectId } from "./parameters.ts";
import { systemClock } from "./system-clock.ts";
import { unsettledFields } from "./unsettled-line.ts";

/** The caller waits for it, after the 3.5 s of a settlement. */
const OVERFLOW_DEADLINE_MS = 1_500;

let publisher: OverflowPublisher | undefined;

/**
 * The store did not take a settlement: it goes to Pub/Sub, from where `writeOverflow` brings it to the ledger; where
 * that fails too, into the log. Never throws.
 */
export async function keepElsewhere(settlement: Settlement, cause: unknown): Promise<void> {
  const text = encodeSettlement(settlement);
  try {
    publisher ??= pubsubOverflow(projectId(), systemClock, OVERFLOW_DEADLINE_MS);
    await publisher.publish(text);
    write({
      severity: "WARNING",
      message: "Entries go to the ledger by way of usage-overflow",
      entryIds: settlement.entries.map(({ entryId }) => entryId),
      because: nameOf(cause),
    });
  } catch (error) {
    logUnsettled(text, `${nameOf(cause)}; and Pub/Sub: ${nameOf(error)}`);
  }
}

/** One line, whole, that `npm run replay` reads back; it holds ids, counts and amounts, no content. */
export function logUnsettled(text: string, because: string): void {
  write({
    severity: "ERROR",
    message: "Entries were not written to the ledger",
    ...unsettledFields(text),
    because,
  });
}

function nameOf(cause: unknown): string {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
}
