import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { aggregate, KeyMemory } from "../ledger/aggregate.ts";
import type { EntrySlice } from "../ledger/compare-port.ts";
import { type CompareDeps, type CompareReport, compareMoved } from "../ledger/compare-run.ts";
import { holdKey } from "../ledger/hold.ts";
import type { Outbox } from "../ledger/outbox.ts";
import type { DocumentKey, Fields } from "../ledger/plan.ts";
import { rebuild } from "../ledger/rebuild.ts";
import { planSettle } from "../ledger/settle.ts";
import { RETENTION_DAYS, sampleDraft, sampleHold } from "../ledger/testing/sample-call.ts";
import { Balance } from "../ledger/testing/sums.ts";
import { firestoreCompare } from "./compare-store.ts";
import { fieldsOf } from "./documents.ts";
import { firestoreLedger } from "./ledger-store.ts";
import { emulatorDatabase } from "./testing/emulator.ts";

jest.setTimeout(60_000);

const DEADLINE_MS = 20_000;
/** More than one query of sums takes. */
const SHARDS = 21;
const NOW_MS = Date.parse("2026-11-24T12:00:00Z");
const db = emulatorDatabase("compare-store");
const store = firestoreCompare(db, SHARDS);
const ledger = firestoreLedger(db, SHARDS);
const aggregateDeps = { store: ledger, deadlineMs: DEADLINE_MS, knownKeys: new KeyMemory() };
const budgets = [
  sampleBudget(),
  sampleBudget({ scope: "session", window: "day", unit: "tokens" }),
  sampleBudget({ scope: "project", window: "minute", unit: "requests" }),
  sampleBudget({ scope: "project", window: "month", unit: "requests" }),
].map((budget) => ({ ...budget, since: new Date(0) }));
const failures: unknown[] = [];
let ids = 0;

afterAll(() => db.terminate());

describe("the ledger at one instant", () => {
  beforeAll(async () => {
    for (let n = 0; n < 100; n += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, at) => book(n + at)));
    }
    await aggregateAll(20);
  });

  it("stays as it was, sums and outbox too, while things go on", async () => {
    const slice: EntrySlice = {
      lead: "user",
      values: ["alice"],
      fromDay: "2026-11-01",
      beforeDay: "2026-12-01",
    };
    const [before, after] = await store.atOneInstant(async (view) => {
      const look = async () => ({
        docs: await view.read([{ collection: "usage_monthly", id: "alice_2026-11" }]),
        pending: (await pagesOf(view.pending())).length,
        sums: await view.sums(slice),
        entries: (await pagesOf(view.entries(slice))).map(({ entryId }) => entryId),
      });
      const first = await look();
      await book(0);
      await aggregateAll(10);
      return [first, await look()];
    });
    expect(after).toEqual(before);
    expect(before?.pending).toBeGreaterThan(50);
    expect(before?.sums.calls).toBe(before?.entries.length);
  });

  it.each<[string, EntrySlice]>([
    ["a user's day", slice("user", ["alice"], "2026-11-23", "2026-11-24")],
    ["a session", slice("session", ["bob", "s/1"], "0000", "9999")],
    ["a shard's day", slice("shard", [3], "2026-11-24", "2026-11-25")],
    ["everybody's month", slice("project", [], "2026-11-01", "2026-12-01")],
    ["an agent's", slice("agent", ["plan.ner"], "2026-11-01", "2026-12-01")],
    ["a department's", slice("department", ["R&D"], "2026-11-01", "2026-12-01")],
    ["an organisation's", slice("org", ["acme"], "2026-11-01", "2026-12-01")],
    ["a key's", slice("key", ["k1"], "2026-11-01", "2026-12-01")],
  ])("sums %s as its entries do", async (_, wanted) => {
    const { sums, entries } = await store.atOneInstant(async (view) => ({
      sums: await view.sums(wanted),
      entries: await pagesOf(view.entries(wanted)),
    }));
    const sum = (name: string) =>
      entries.reduce((total, { add }) => total + Number(add[name] ?? 0), 0);
    expect(entries.length).toBeGreaterThan(0);
    expect(sums).toEqual({
      calls: sum("calls"),
      costNanoUsd: sum("costNanoUsd"),
      inputCostNanoUsd: sum("inputCostNanoUsd"),
      inputTokens: sum("inputTokens"),
      totalTokens: sum("totalTokens"),
    });
  });

  it("finds no entry of the minutes before and after", async () => {
    const minuteMs = NOW_MS - 60_000;
    const entries = await store.atOneInstant((view) =>
      pagesOf(
        view.entries({
          ...slice("project", [], "2026-11-24", "2026-11-25"),
          startedMs: [minuteMs, minuteMs + 60_000],
        }),
      ),
    );
    const starts = new Set(entries.map(({ startedAt }) => startedAt.getTime()));
    expect([...starts].sort()).toEqual([minuteMs, minuteMs + 30_000]);
  });
});

describe("care", () => {
  it("repairs nothing while calls settle and are aggregated", async () => {
    const going = { on: true };
    const traffic = [0, 1, 2].map(async (n) => {
      for (let round = n; going.on && round < 60; round += 3) {
        await book(round);
        await aggregateAll(3);
      }
    });
    const reports: CompareReport[] = [];
    try {
      for (let runs = 0; runs < 3; runs += 1) reports.push(await care());
    } finally {
      going.on = false;
      await Promise.all(traffic);
    }
    expect(reports.every(({ compared }) => compared > 0)).toBe(true);
    expect(failures).toEqual([]);
    expect(await documentsOf("usage_repairs")).toEqual([]);
  });

  it("repairs what is damaged, once, though two run at once while calls go on", async () => {
    const [[day] = [""]] = await documentsOf("usage_daily");
    const damaged: [DocumentKey, Fields][] = [
      [{ collection: "usage_monthly", id: "alice_2026-11" }, { "totals.costNanoUsd": 7 }],
      [{ collection: "usage_sessions", id: "bob_s%2F1" }, { "totals.requests": 7 }],
      [{ collection: "usage_daily", id: day }, { "byOrg.acme.calls": 7 }],
      [{ collection: "budget_windows", id: "user:alice:usd:month_2026-11" }, { spent: 7 }],
      [{ collection: "budget_windows", id: "project:demo:requests:month_2026-11" }, { held: 7 }],
    ];
    for (const [{ collection, id }, fields] of damaged) {
      await db.collection(collection).doc(id).update(fields);
    }
    await Promise.all([care(), care(), book(1), aggregateAll(3), book(2), care()]);
    await care();
    await aggregateAll(1_000);
    expect(failures).toEqual([]);
    expect(await problems()).toEqual([]);
    const repairs = await documentsOf("usage_repairs");
    expect(repairs.map(([id]) => id)).toEqual(
      damaged.map(([{ collection, id }]) => `${collection}:${id}_1`).sort(),
    );
    await care();
    expect(await documentsOf("usage_repairs")).toEqual(repairs);
  });

  it("leaves sums and holds alone that agree, and gives back what no hold reserves", async () => {
    const [budget] = budgets;
    const hold = sampleHold({ requestId: "open", nonce: "n", startedAtMs: NOW_MS, budgets });
    const windows = hold.windows.map((move) => ({
      ...move,
      mover: move.budgetId === budget?.budgetId ? ("settle" as const) : move.mover,
      reserved: move.budgetId === budget?.budgetId ? 40 : 0,
    }));
    const id = "user:alice:usd:month_2026-11";
    await db
      .collection("budget_windows")
      .doc(id)
      .update({ held: 42, updatedAt: new Date(NOW_MS) });
    const writes = [
      { kind: "create", doc: holdKey(hold.holdId), fields: { ...hold, windows } },
    ] as const;
    await ledger.commit(writes, DEADLINE_MS);
    await care();
    const window = await db.collection("budget_windows").doc(id).get();
    expect(window.get("held")).toBe(40);
    const [, note] =
      (await documentsOf("usage_repairs")).find(([name]) => name.endsWith("_2")) ?? [];
    expect(note).toMatchObject({ leaves: [{ leaf: "held", was: 42, is: 40, difference: -2 }] });
  });
});

describe("rebuild", () => {
  it("makes what somebody has deleted anew, from the entries of the month", async () => {
    await db.collection("usage_monthly").doc("bob_2026-11").delete();
    const [[day] = [""]] = await documentsOf("usage_daily");
    await db.collection("usage_daily").doc(day).delete();
    const found: string[] = [];
    const options = { now: new Date(NOW_MS), shards: SHARDS, isApplied: true };
    for await (const { doc, isRepaired } of rebuild(
      deps(),
      { kind: "month", month: "2026-11" },
      options,
    )) {
      if (isRepaired) found.push(`${doc.collection}/${doc.id}`);
    }
    expect(found.sort()).toEqual([`usage_daily/${day}`, "usage_monthly/bob_2026-11"]);
    expect(await problems()).toEqual([]);
    const month = await db.collection("usage_monthly").doc("bob_2026-11").get();
    expect(month.data()).toMatchObject({ userId: "bob", month: "2026-11", orgId: "acme" });
  });
});

function slice(
  lead: EntrySlice["lead"],
  values: EntrySlice["values"],
  fromDay: string,
  beforeDay: string,
): EntrySlice {
  return { lead, values, fromDay, beforeDay };
}

/** One call, settled with its outbox document. */
async function book(n: number): Promise<void> {
  const requestId = freshId();
  const hold = sampleHold({
    requestId,
    nonce: requestId,
    startedAtMs: NOW_MS - (n % 5) * 30_000 - (n % 2) * 86_400_000,
    budgets,
    attribution: {
      userId: n % 3 === 0 ? "alice" : "bob",
      sessionId: n % 2 === 0 ? "s/1" : null,
      agent: n % 4 === 0 ? "plan.ner" : null,
      orgId: "acme",
      department: "R&D",
      apiKeyId: n % 5 === 0 ? "k1" : null,
    },
  });
  const settlement = {
    entries: [sampleDraft(hold, { input: 1 + (n % 9), output: n % 7 })],
    holdId: null,
    hold: null,
  };
  const context = { now: new Date(NOW_MS), shards: SHARDS, randomId: freshId };
  await ledger.commit(planSettle([settlement], context), DEADLINE_MS);
}

async function aggregateAll(limit: number): Promise<void> {
  const { docs } = await db.collection("usage_outbox").limit(limit).get();
  await Promise.all(
    docs.map((doc) =>
      aggregate(aggregateDeps, doc.id, fieldsOf(doc) as unknown as Outbox, new Date(NOW_MS)),
    ),
  );
}

function deps(): CompareDeps {
  return {
    store,
    clock: { nowMs: Date.now },
    deadlineMs: DEADLINE_MS,
    by: "care",
    randomId: freshId,
    reportRepair: async () => {},
    reportFailure: (_aggregate, cause) => failures.push(cause),
  };
}

function care(): Promise<CompareReport> {
  return compareMoved(deps(), 10 * RETENTION_DAYS, new Date(NOW_MS));
}

async function problems(): Promise<string[]> {
  const balance = new Balance();
  for (const collection of [
    "usage_tracking",
    "usage_holds",
    "usage_outbox",
    "usage_monthly",
    "usage_sessions",
    "usage_daily",
    "usage_totals",
    "budget_windows",
  ] as const) {
    for (const [id, fields] of await documentsOf(collection)) {
      balance.changed({ collection, id }, undefined, fields);
    }
  }
  return balance.problems();
}

async function documentsOf(collection: string): Promise<[string, Fields][]> {
  const { docs } = await db.collection(collection).get();
  return docs.map((doc) => [doc.id, fieldsOf(doc)]);
}

async function pagesOf<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}

function freshId(): string {
  ids += 1;
  return `id-${ids}`;
}
