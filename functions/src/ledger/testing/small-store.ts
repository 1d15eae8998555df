import { ManualClock } from "../../core/testing/manual-clock.ts";
import type { LedgerStore } from "../port.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import { type Fate, memoryLedger } from "./memory-store.ts";

export interface SmallStore {
  readonly documents: MemoryDocuments;
  readonly clock: ManualClock;
  readonly store: LedgerStore;
  /** What becomes of the next commits, in turn; then they land. */
  readonly fates: Fate[];
  readonly faults: {
    /** How many of the next reads fail. */
    failingReads: number;
  };
  /** Documents of a collection, by id. */
  all(collection: Parameters<MemoryDocuments["list"]>[0]): Record<string, unknown>;
}

/** A store without interleavings: every operation has its turn at once. */
export function smallStore(nowMs = Date.parse("2026-11-22T14:00:00Z")): SmallStore {
  const documents = new MemoryDocuments();
  const fates: Fate[] = [];
  const faults = { failingReads: 0 };
  return {
    documents,
    clock: new ManualClock(nowMs),
    fates,
    faults,
    store: memoryLedger({
      documents,
      fateOf: () => fates.shift() ?? "lands",
      turn: async () => {},
      readFails: () => {
        faults.failingReads -= 1;
        return faults.failingReads >= 0;
      },
    }),
    all: (collection) =>
      Object.fromEntries(
        documents.list(collection).map(({ id, snapshot }) => [id, snapshot.fields]),
      ),
  };
}
