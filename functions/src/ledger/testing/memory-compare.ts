import { compareNewestFirst, positionOf } from "../../analytics/edges.ts";
import {
  type CompareState,
  type CompareStore,
  type EntrySlice,
  type LedgerView,
  NO_STATE,
} from "../compare-port.ts";
import type { Entry } from "../entry.ts";
import type { Hold } from "../hold.ts";
import type { Outbox } from "../outbox.ts";
import type { LedgerStore } from "../port.ts";
import type { MemoryDocuments } from "./memory-documents.ts";

const STATE = { collection: "care_state", id: "compare" } as const;
/** Small, so that tests come to a second page. */
const PAGE_SIZE = 3;

/** The store that comparing asks, over the same documents and with the same faults in its commits. */
export function memoryCompare(
  documents: MemoryDocuments,
  turn: () => Promise<void>,
  commit: LedgerStore["commit"],
): CompareStore {
  return {
    commit,

    async atOneInstant(look) {
      await turn();
      return look(viewOf(documents.atThisInstant(), turn));
    },

    async movedSince(collection, since, limit, cursor) {
      await turn();
      return documents
        .list(collection)
        .flatMap(({ id, snapshot: { fields } }) => {
          const at = fields.updatedAt;
          return at instanceof Date && at >= since ? [{ id, at }] : [];
        })
        .sort((a, b) => a.at.getTime() - b.at.getTime() || (a.id < b.id ? -1 : 1))
        .filter(({ id, at }) => !cursor || at > cursor.at || (+at === +cursor.at && id > cursor.id))
        .slice(0, limit);
    },

    entries: (slice) => viewOf(documents, turn).entries(slice),

    async *monthsOf(month) {
      yield documents
        .list("usage_monthly")
        .filter(({ snapshot }) => snapshot.fields.month === month)
        .map(({ id }) => id);
    },

    async loadState() {
      return (documents.get(STATE)?.fields as CompareState | undefined) ?? NO_STATE;
    },

    async saveState(state) {
      await turn();
      documents.apply([{ kind: "add", doc: STATE, set: { ...state }, add: {} }]);
    },
  };
}

function viewOf(documents: MemoryDocuments, turn: () => Promise<void>): LedgerView {
  const all = <T>(collection: Parameters<MemoryDocuments["list"]>[0]) =>
    documents.list(collection).map(({ snapshot }) => snapshot.fields as unknown as T);
  const entriesIn = (slice: EntrySlice) =>
    all<Entry>("usage_tracking").filter((entry) => isIn(slice, entry));
  return {
    async read(docs) {
      await turn();
      return docs.map((doc) => documents.get(doc));
    },
    async *pending() {
      yield* pagesOf(all<Outbox>("usage_outbox"), turn);
    },
    async *holds() {
      yield* pagesOf(all<Hold>("usage_holds"), turn);
    },
    async sums(slice) {
      await turn();
      const entries = entriesIn(slice);
      const sum = (amountOf: (entry: Entry) => number) =>
        entries.reduce((total, entry) => total + amountOf(entry), 0);
      return {
        calls: entries.filter(({ kind }) => kind === "call").length,
        costNanoUsd: sum((entry) => entry.costNanoUsd),
        inputCostNanoUsd: sum((entry) => entry.inputCostNanoUsd),
        inputTokens: sum((entry) => entry.inputTokens),
        totalTokens: sum((entry) => entry.totalTokens),
      };
    },
    async *entries(slice) {
      const sorted = entriesIn(slice).sort((a, b) =>
        compareNewestFirst(positionOf(a), positionOf(b)),
      );
      yield* pagesOf(sorted, turn);
    },
    async lastRepair(aggregate) {
      await turn();
      const seqs = all<{ aggregate: string; seq: number }>("usage_repairs")
        .filter((repair) => repair.aggregate === aggregate)
        .map(({ seq }) => seq);
      return Math.max(0, ...seqs);
    },
  };
}

const LEADS = {
  user: ["userId"],
  session: ["userId", "sessionId"],
  key: ["apiKeyId"],
  agent: ["agent"],
  department: ["department"],
  org: ["orgId"],
  project: [],
  shard: ["shard"],
} as const satisfies Record<EntrySlice["lead"], readonly (keyof Entry)[]>;

function isIn({ lead, values, fromDay, beforeDay, startedMs }: EntrySlice, entry: Entry): boolean {
  const startMs = entry.startedAt.getTime();
  return (
    LEADS[lead].every((name, index) => entry[name] === values[index]) &&
    entry.day >= fromDay &&
    entry.day < beforeDay &&
    (!startedMs || (startMs >= startedMs[0] && startMs < startedMs[1]))
  );
}

async function* pagesOf<T>(items: readonly T[], turn: () => Promise<void>) {
  for (let at = 0; at < items.length; at += PAGE_SIZE) {
    await turn();
    yield items.slice(at, at + PAGE_SIZE);
  }
}
