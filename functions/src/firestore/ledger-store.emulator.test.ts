import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { sessionScopeId } from "../budgets/budget.ts";
import { sampleBudget, sampleWindow } from "../budgets/testing/sample-budget.ts";
import { earlierUsage } from "../ledger/earlier-usage.ts";
import type { Entry } from "../ledger/entry.ts";
import { entryKey, holdKey } from "../ledger/hold.ts";
import { outboxKey } from "../ledger/outbox.ts";
import type { DocumentKey, Fields, Write } from "../ledger/plan.ts";
import type { Cursor, Page } from "../ledger/port.ts";
import { sampleDraft, sampleHold } from "../ledger/testing/sample-call.ts";
import { firestoreLedger } from "./ledger-store.ts";
import { emulatorDatabase } from "./testing/emulator.ts";

const DEADLINE_MS = 10_000;
/** More than one "in" query takes. */
const SHARDS = 35;
const NOW_MS = Date.parse("2026-11-22T14:00:00Z");
const db = emulatorDatabase("ledger-store");
const store = firestoreLedger(db, SHARDS);

afterAll(() => db.terminate());

describe("read", () => {
  it("gives documents in the order of the keys, with their versions, and nothing for what is not there", async () => {
    const docs = ["a", "b", "c"].map((id): DocumentKey => ({ collection: "usage_holds", id }));
    const at = new Date("2026-11-22T14:00:00.123Z");
    const versions = await put([
      create("usage_holds", "c", { n: 3 }),
      create("usage_holds", "a", { at, deep: [{ at }] }),
    ]);
    expect(await store.read(docs, DEADLINE_MS)).toEqual([
      { fields: { at, deep: [{ at }] }, version: versions[1] },
      undefined,
      { fields: { n: 3 }, version: versions[0] },
    ]);
  });

  it("asks for nothing when there is nothing to read", async () => {
    expect(await store.read([], DEADLINE_MS)).toEqual([]);
    expect(await store.readMaps([], ["byModel"], DEADLINE_MS)).toEqual([]);
  });

  it("gives a hold back as it was written, rates and windows included", async () => {
    const budgets = [sampleBudget(), sampleBudget({ window: "lifetime" })];
    const hold = sampleHold({ requestId: "whole", nonce: "n", startedAtMs: NOW_MS, budgets });
    await put([{ kind: "create", doc: holdKey(hold.holdId), fields: { ...hold } }]);
    const [found] = await store.read([holdKey(hold.holdId)], DEADLINE_MS);
    expect(found?.fields).toEqual(hold);
    expect(hold.windows.map(({ expireAt }) => expireAt)).toEqual([expect.any(Date), null]);
  });
});

describe("readMaps", () => {
  it("reads the named maps only, whatever their keys", async () => {
    const byModel = { "openai/gpt-4.1": { calls: 1 } };
    await put([create("usage_monthly", "m1", { byModel, totals: { calls: 1 }, userId: "alice" })]);
    const docs = ["m1", "none"].map((id): DocumentKey => ({ collection: "usage_monthly", id }));
    expect(await store.readMaps(docs, ["byModel", "byAgent"], DEADLINE_MS)).toEqual([
      { byModel },
      undefined,
    ]);
  });
});

describe("oldOutbox", () => {
  it("goes through documents of one and the same instant, page by page", async () => {
    const instants = [5, 5, 5, 5, 5, 9, 3, 12];
    await put(
      instants.map((ms, n) => create("usage_outbox", `o${n}`, { createdAt: new Date(ms) })),
    );
    const seen = await all((cursor) => store.oldOutbox(new Date(12), 2, cursor));
    expect(seen).toEqual(["o6", "o0", "o1", "o2", "o3", "o4", "o5"]);
  });

  it("goes on behind a document that was deleted meanwhile", async () => {
    const first = await store.oldOutbox(new Date(12), 3, undefined);
    const last = first.items.at(-1)?.id ?? "";
    await put([{ kind: "delete", doc: outboxKey(last) }]);
    const next = await store.oldOutbox(new Date(12), 9, first.next);
    expect([...first.items, ...next.items].map(({ id }) => id)).toEqual([
      "o6",
      "o0",
      "o1",
      "o2",
      "o3",
      "o4",
      "o5",
    ]);
  });
});

describe("expiredHolds", () => {
  it("gives those that expired before, oldest first, with the version to delete them at", async () => {
    await put([9, 3, 6].map((ms) => create("usage_holds", `h${ms}`, { expiresAt: new Date(ms) })));
    const { items, next } = await store.expiredHolds(new Date(9), 10, undefined);
    expect(items.map(({ id }) => id)).toEqual(["h3", "h6"]);
    expect(next).toBeUndefined();
    const [oldest] = items;
    const doc: DocumentKey = { collection: "usage_holds", id: "h3" };
    await put([{ kind: "delete", doc, version: oldest?.version ?? "" }]);
  });
});

describe("entriesOf", () => {
  const COUNT = 1_100;

  beforeAll(async () => {
    for (let at = 0; at < COUNT; at += 275) {
      await put(Array.from({ length: 275 }, (_, n) => createEntry(at + n)));
    }
  }, 60_000);

  const known = new Date(NOW_MS);
  const usage = earlierUsage(store, () => NOW_MS);
  const everyones = { unit: "requests" as const };

  it("goes through all pages of a user, and keeps to the month", async () => {
    const window = sampleWindow(sampleBudget(everyones), "2026-11");
    const due = entries(COUNT).filter(
      (entry) => entry.userId === "alice" && entry.month === "2026-11" && entry.startedAt < known,
    );
    expect(due.length).toBeGreaterThan(500);
    expect(await usage.unnamed(window, known)).toEqual({ amount: due.length, isWhole: true });
  });

  it("merges the shards of everybody", async () => {
    const budget = sampleBudget({
      ...everyones,
      scope: "project",
      scopeId: "demo",
      window: "lifetime",
    });
    const due = entries(COUNT).filter(({ startedAt }) => startedAt < known);
    expect(await usage.unnamed(sampleWindow(budget, "all"), known)).toEqual({
      amount: due.length,
      isWhole: true,
    });
  });

  it.each([
    ["session", sessionScopeId("alice", "s/1"), (entry: Entry) => entry.sessionId === "s/1"],
    ["agent", "plan.ner", (entry: Entry) => entry.agent === "plan.ner"],
    ["department", "R&D", (entry: Entry) => entry.department === "R&D"],
    ["org", "acme", (entry: Entry) => entry.orgId === "acme"],
    ["key", "key 1", (entry: Entry) => entry.apiKeyId === "key 1"],
  ] as const)("finds those of a %s on a day", async (scope, scopeId, isIts) => {
    const budget = sampleBudget({ ...everyones, scope, scopeId, window: "day" });
    const due = entries(COUNT).filter(
      (entry) => isIts(entry) && entry.day === "2026-11-22" && entry.startedAt < known,
    );
    expect(due.length).toBeGreaterThan(0);
    const window = { ...sampleWindow(budget, "2026-11-22"), userId: "alice" };
    expect(await usage.unnamed(window, known)).toEqual({ amount: due.length, isWhole: true });
  });
});

function entries(count: number): Entry[] {
  return Array.from({ length: count }, (_, n) => entryOf(n));
}

/** Every 80 minutes one, until an hour after now; two of three are alice's. */
function entryOf(n: number): Entry {
  const startedAtMs = NOW_MS + 3_600_000 - Math.floor(n / 2) * 4_800_000;
  const attribution = {
    userId: n % 3 ? "alice" : "bob",
    sessionId: n % 3 === 1 ? "s/1" : null,
    agent: n % 4 ? "plan.ner" : null,
    department: n % 5 ? "R&D" : null,
    orgId: n % 6 ? "acme" : null,
    apiKeyId: n % 7 ? "key 1" : null,
  };
  const hold = sampleHold({ requestId: `e${n}`, nonce: `n${n}`, startedAtMs, attribution });
  return { ...sampleDraft(hold, { input: 1 }), shard: n % SHARDS };
}

function createEntry(n: number): Write {
  const entry = entryOf(n);
  return { kind: "create", doc: entryKey(entry.entryId), fields: { ...entry } };
}

async function all<T>(
  pageAfter: (cursor: Cursor | undefined) => Promise<Page<T>>,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: Cursor | undefined;
  do {
    const { items, next } = await pageAfter(cursor);
    ids.push(...items.map(({ id }) => id));
    cursor = next;
  } while (cursor);
  return ids;
}

async function put(writes: readonly Write[]): Promise<readonly string[]> {
  const outcome = await store.commit(writes, DEADLINE_MS);
  if (outcome.status !== "done") throw outcome.cause;
  return outcome.versions;
}

function create(collection: DocumentKey["collection"], id: string, fields: Fields): Write {
  return { kind: "create", doc: { collection, id }, fields };
}
