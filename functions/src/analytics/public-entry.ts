import { decodeKey } from "../core/ids.ts";
import type { Entry } from "../ledger/entry.ts";

/** What is of use to nobody but the ledger. */
type Inner = "add" | "windows" | "nonce" | "payloadHash" | "schemaVersion" | "shard";
type Instant = "startedAt" | "settledAt" | "expireAt";

/** An entry as people and programs get it; instants are ISO strings. */
export type PublicEntry = Readonly<Omit<Entry, Inner | Instant> & Record<Instant, string>>;

export function publicEntry(entry: Entry): PublicEntry {
  const { add, windows, nonce, payloadHash, schemaVersion, shard, ...shown } = entry;
  return {
    ...shown,
    metadata: decodedKeys(entry.metadata),
    startedAt: entry.startedAt.toISOString(),
    settledAt: entry.settledAt.toISOString(),
    expireAt: entry.expireAt.toISOString(),
  };
}

function decodedKeys(metadata: Entry["metadata"]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [decodeKey(key), value]),
  );
}
