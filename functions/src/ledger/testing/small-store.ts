import type { LedgerStore } from "../port.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import { type Fate, memoryLedger } from "./memory-store.ts";

export interface SmallStore {
  readonly documents: MemoryDocuments;
  readonly clock: ManualClock;
  readonly store: LedgerStore;
  /** What becomes of the next commits, in turn; then they land. */
  readonly fates: Fate[];
  /** How many of the next reads fail. */
  failingReads: number;
  /** Documents of a collection, by id. */
  all(collection: Parameters<MemoryDocuments["list"]>[0]): Record<string, unknown>;
}

/** A store without interleavings: every operation has its turn at once. */
export function smallStore(nowMs = Date.parse("2026-11-22T14:00:00Z")): SmallStore {
  const documents = new MemoryDocuments();
  const fates: Fate[] = [];
  const small: SmallStore = {
    documents,
    clock: new ManualClock(nowMs),
    fates,
    failingReads: 0,
    store: memoryLedger({
      documents,
      fateOf: () => fates.shift() ?? "lands",
      turn: async () => {},
      readFails: () => {
        small.failingReads -= 1;
        return small.failingReads >= 0;
      },
    }),
    all: (collection) =>
      Object.fromEntries(
        documents.list(collection).map(({ id, snapshot }) => [id, snapshot.fields]),
      ),
  };
  return small;
}
