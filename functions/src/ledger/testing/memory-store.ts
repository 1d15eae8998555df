import { compareNewestFirst, positionOf } from "../../analytics/edges.ts";
import { dayOf } from "../../core/period.ts";
import type { Entry } from "../entry.ts";
import type { CommitOutcome, Fields, Write } from "../plan.ts";
import {
  type Cursor,
  compareOldestFirst,
  type EntryOwner,
  type LedgerStore,
  type ModelPage,
  type ModelQuery,
  type Page,
} from "../port.ts";
import type { MemoryDocuments } from "./memory-documents.ts";

/**
 * What becomes of one commit:
 * - lands: at once, and says so;
 * - lands_unheard: at once, but its answer is lost;
 * - lands_late: after its deadline, and maybe never;
 * - lands_twice: the SDK repeats it after it has landed, and reports what the repetition met;
 * - lost: never lands, and nobody says so;
 * - refused: does not land, for a reason that the store will not say again.
 */
export type Fate = "lands" | "lands_unheard" | "lands_late" | "lands_twice" | "lost" | "refused";

export interface MemoryStoreOptions {
  readonly documents: MemoryDocuments;
  /** Decides what becomes of a commit. */
  fateOf(writes: readonly Write[]): Fate;
  /** Waits until its turn has come. */
  turn(): Promise<void>;
  /** Whether a read fails. */
  readFails?(): boolean;
}

const silence = new Error("no answer");

/** The ledger's store in memory, which can be told to behave as badly as a real one. */
export function memoryLedger(options: MemoryStoreOptions): LedgerStore {
  const { documents, turn } = options;
  return {
    commit: (writes) => commit(options, writes),

    async read(docs) {
      await turn();
      if (options.readFails?.()) throw silence;
      return docs.map((doc) => documents.get(doc));
    },

    async readMaps(docs, mapNames) {
      await turn();
      if (options.readFails?.()) throw silence;
      return docs.map((doc) => {
        const fields = documents.get(doc)?.fields;
        return fields && masked(fields, mapNames);
      });
    },

    async oldOutbox(before, pageSize, cursor) {
      await turn();
      return page(documents, "usage_outbox", "createdAt", before, pageSize, cursor);
    },

    async expiredHolds(before, pageSize, cursor) {
      await turn();
      return page(documents, "usage_holds", "expiresAt", before, pageSize, cursor);
    },

    async entriesOfModels(query) {
      await turn();
      if (options.readFails?.()) throw silence;
      return entriesOfModels(documents, query);
    },

    async *unpricedEntries(since) {
      yield unpricedEntries(documents, since);
    },
    async *entriesOf(owner, fromDay, before) {
      await turn();
      yield entriesOf(documents, owner, fromDay, before);
    },
  };
}

async function commit(
  { documents, fateOf, turn }: MemoryStoreOptions,
  writes: readonly Write[],
): Promise<CommitOutcome> {
  await turn();
  const fate = fateOf(writes);
  switch (fate) {
    case "lands":
      return outcomeOf(documents, writes);
    case "lands_unheard":
      documents.apply(writes);
      return { status: "unclear", cause: silence, ended: Promise.resolve() };
    case "lands_late":
      return {
        status: "unclear",
        cause: silence,
        ended: turn().then(() => void documents.apply(writes)),
      };
    case "lands_twice":
      documents.apply(writes);
      await turn();
      return outcomeOf(documents, writes);
    case "lost":
      return { status: "unclear", cause: silence, ended: turn() };
    case "refused":
      return { status: "refused", why: "invalid", cause: new Error("refused") };
    default:
      return fate satisfies never;
  }
}

function outcomeOf(documents: MemoryDocuments, writes: readonly Write[]): CommitOutcome {
  const applied = documents.apply(writes);
  return applied.status === "done" ? applied : { ...applied, cause: new Error(applied.why) };
}

function masked(fields: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function page<T>(
  documents: MemoryDocuments,
  collection: "usage_outbox" | "usage_holds",
  field: string,
  before: Date,
  pageSize: number,
  cursor: Cursor | undefined,
): Page<T> {
  const at = (fields: Fields) => (fields[field] as Date).getTime();
  const sorted = documents
    .list(collection)
    .filter(({ snapshot }) => at(snapshot.fields) < before.getTime())
    .sort((a, b) => at(a.snapshot.fields) - at(b.snapshot.fields) || (a.id < b.id ? -1 : 1))
    .filter(({ id, snapshot }) => !cursor || isAfter(cursor, at(snapshot.fields), id));
  const items = sorted.slice(0, pageSize).map(({ id, snapshot: { fields, version } }) => {
    return { id, version, value: fields as T };
  });
  const last = sorted[pageSize - 1];
  return {
    items,
    next: last && { at: new Date(at(last.snapshot.fields)), id: last.id },
  };
}

function isAfter({ at, id: lastId }: Cursor, atMs: number, id: string): boolean {
  return atMs > at.getTime() || (atMs === at.getTime() && id > lastId);
}

const OWNER_FIELDS = {
  user: ["userId"],
  session: ["userId", "sessionId"],
  key: ["apiKeyId"],
  agent: ["agent"],
  department: ["department"],
  org: ["orgId"],
  project: [],
} as const satisfies Record<EntryOwner["scope"], readonly (keyof Entry)[]>;

function entriesOf(
  documents: MemoryDocuments,
  { scope, ids }: EntryOwner,
  fromDay: string | undefined,
  before: Date,
): Entry[] {
  const lastDay = dayOf(before.getTime());
  return documents
    .list("usage_tracking")
    .map(({ snapshot }) => snapshot.fields as unknown as Entry)
    .filter((entry) => OWNER_FIELDS[scope].every((name, index) => entry[name] === ids[index]))
    .filter(({ day }) => fromDay === undefined || day >= fromDay)
    .filter(({ day, startedAt }) => day < lastDay || (day === lastDay && startedAt < before))
    .sort((a, b) => compareNewestFirst(positionOf(a), positionOf(b)));
}

function unpricedEntries(documents: MemoryDocuments, since: Date): Entry[] {
  return documents
    .list("usage_tracking")
    .map(({ snapshot }) => snapshot.fields as unknown as Entry)
    .filter(({ unpricedAt }) => unpricedAt !== undefined && unpricedAt >= since);
}

function entriesOfModels(documents: MemoryDocuments, query: ModelQuery): ModelPage {
  const { models, from, to, limit, after } = query;
  const items = documents
    .list("usage_tracking")
    .map(({ snapshot }) => snapshot.fields as unknown as Entry)
    .filter(({ model }) => models.includes(model))
    .filter(({ startedAt }) => startedAt >= from && startedAt < to)
    .filter((entry) => !after || compareOldestFirst(after, entry) < 0)
    .sort(compareOldestFirst)
    .slice(0, limit);
  const last = items.at(-1);
  return {
    items,
    documentsRead: items.length,
    next: last && items.length === limit ? last : undefined,
  };
}
