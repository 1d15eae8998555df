import { entryIdOf } from "../core/ids.ts";
import type { RequestIdentity } from "./entry.ts";
import { entryKey } from "./hold.ts";
import type { Snapshot } from "./plan.ts";
import type { LedgerStore } from "./port.ts";

/** Calls of a provider that one request may come to. */
export const MAX_ATTEMPTS = 10;

/**
 * The entry of a settled request's last attempt, which is the one that its caller was told of.
 * @throws as `store.read` does
 */
export async function lastAttempt(
  store: LedgerStore,
  { subject, requestId }: Pick<RequestIdentity, "subject" | "requestId">,
  first: Snapshot,
  deadlineMs: number,
): Promise<Snapshot> {
  const keys = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, n) =>
    entryKey(entryIdOf(subject, requestId, n + 2)),
  );
  const later = await store.read(keys, deadlineMs);
  const isOfTheSameRun = (entry: Snapshot) => entry.fields.nonce === first.fields.nonce;
  return later.filter((entry) => entry !== undefined).findLast(isOfTheSameRun) ?? first;
}
