import { describe, expect, it } from "@jest/globals";
import type { Entry } from "../ledger/entry.ts";
import { type EntryList, type EntryListQuery, listEntries } from "./list-entries.ts";
import type { AnalyticsStore } from "./port.ts";
import { memoryStore } from "./testing/memory-store.ts";
import { sampleEntry } from "./testing/sample-entries.ts";

const ALICE = { kind: "user", userId: "alice" } as const;
const EVERYONE = { kind: "everyone" } as const;

/** Entry n began n minutes after midnight; every third is bob's, every tenth an error. */
const ENTRIES = Array.from({ length: 30 }, (_, n) =>
  sampleEntry({
    n,
    startedAt: new Date(Date.UTC(2026, 10, 20, 0, n)),
    userId: n % 3 ? "alice" : "bob",
    sessionId: n % 2 ? "s" : null,
    agent: n % 5 ? "tutor" : null,
    status: n % 10 ? "ok" : "error",
  }),
);

function query(given: Partial<EntryListQuery>): EntryListQuery {
  return {
    scope: EVERYONE,
    filters: {},
    fromMs: undefined,
    toMs: undefined,
    limit: 50,
    cursor: undefined,
    ...given,
  };
}

async function allPages(store: AnalyticsStore, given: Partial<EntryListQuery>) {
  const pages: EntryList[] = [];
  let cursor: string | null = null;
  do {
    const page: EntryList = await listEntries(
      store,
      query({ ...given, cursor: cursor ?? undefined }),
    );
    pages.push(page);
    cursor = page.nextCursor;
  } while (cursor !== null && pages.length < 50);
  return { pages, requestIds: pages.flatMap(({ items }) => items.map((item) => item.requestId)) };
}

function idsWhere(holds: (entry: Entry, n: number) => boolean): string[] {
  return ENTRIES.filter(holds)
    .map(({ requestId }) => requestId)
    .reverse();
}

describe("a list of entries", () => {
  const store = memoryStore(ENTRIES);

  it.each([1, 4, 7, 10, 20, 30])("of %i a page is whole, newest first", async (limit) => {
    const { requestIds, pages } = await allPages(store, { limit });
    expect(requestIds).toEqual(idsWhere(() => true));
    expect(pages).toHaveLength(Math.ceil(30 / limit));
  });

  it.each([
    ["a user", { scope: ALICE }, (e: Entry) => e.userId === "alice"],
    [
      "a user's session",
      { scope: ALICE, filters: { sessionId: "s" } },
      (e: Entry) => e.userId === "alice" && e.sessionId === "s",
    ],
    ["a session", { filters: { sessionId: "s" } }, (e: Entry) => e.sessionId === "s"],
    ["no agent", { filters: { agent: "~none" } }, (e: Entry) => e.agent === null],
    [
      "an agent and a status",
      { filters: { agent: "~none", status: "error" } },
      (e: Entry) => e.agent === null && e.status === "error",
    ],
  ] as const)("of %s holds nothing else", async (_, given, holds) => {
    const { requestIds } = await allPages(store, { ...given, limit: 3 });
    expect(requestIds).toEqual(idsWhere(holds));
  });

  it("reads one entry more than it shows when the index filters", async () => {
    const page = await listEntries(store, query({ scope: ALICE, limit: 5 }));
    expect(page.documentsRead).toBe(6);
  });

  it("is cut by a range", async () => {
    const { requestIds } = await allPages(store, {
      fromMs: Date.UTC(2026, 10, 20, 0, 5),
      toMs: Date.UTC(2026, 10, 20, 0, 8),
    });
    expect(requestIds).toEqual(["request-7", "request-6", "request-5"]);
  });

  it("shows entries with ISO instants and without what is the ledger's own", async () => {
    const { items } = await listEntries(store, query({ limit: 1 }));
    expect(items[0]).toMatchObject({
      requestId: "request-29",
      startedAt: "2026-11-20T00:29:00.000Z",
      settledAt: "2026-11-20T00:29:01.000Z",
      costUsd: "0.00",
    });
    for (const inner of ["add", "windows", "nonce", "payloadHash", "schemaVersion", "shard"]) {
      expect(items[0]).not.toHaveProperty(inner);
    }
  });

  it.each([0, 201, 1.5])("of %d is refused", async (limit) => {
    await expect(listEntries(store, query({ limit }))).rejects.toMatchObject({
      facts: { field: "limit" },
    });
  });

  it("refuses a cursor of another range", async () => {
    const { nextCursor } = await listEntries(store, query({ limit: 1 }));
    const other = query({ cursor: nextCursor ?? "", toMs: Date.UTC(2026, 10, 20) });
    await expect(listEntries(store, other)).rejects.toMatchObject({ facts: { field: "cursor" } });
  });
});

describe("a list in which few entries match", () => {
  const one = sampleEntry({ n: 0, startedAt: new Date(Date.UTC(2026, 10, 20)) });
  const many = Array.from(
    { length: 4_500 },
    (_, n): Entry => ({
      ...one,
      entryId: String(n)
        .replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "")
        .padStart(26, "a"),
      requestId: `request-${n}`,
      status: n === 1 ? "error" : "ok",
    }),
  );

  it("ends pages early and says where to go on", async () => {
    const { pages, requestIds } = await allPages(memoryStore(many), {
      filters: { status: "error" },
    });
    expect(requestIds).toEqual(["request-1"]);
    expect(pages.map(({ documentsRead }) => documentsRead)).toEqual([2_000, 2_000, 500]);
  });
});
