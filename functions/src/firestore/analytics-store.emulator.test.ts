import { Firestore } from "@google-cloud/firestore";
import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { getSessionUsage } from "../analytics/get-session-usage.ts";
import { getSummary } from "../analytics/get-summary.ts";
import { getTopUsers } from "../analytics/get-top-users.ts";
import { getUsage, type UsageQuery } from "../analytics/get-usage.ts";
import { listEntries } from "../analytics/list-entries.ts";
import type { AnalyticsStore } from "../analytics/port.ts";
import { expectedBy, expectedTotals } from "../analytics/testing/oracle.ts";
import { sampleEntry } from "../analytics/testing/sample-entries.ts";
import { DAY_MS } from "../core/period.ts";
import { aggregate, KeyMemory } from "../ledger/aggregate.ts";
import type { Entry } from "../ledger/entry.ts";
import { entryKey } from "../ledger/hold.ts";
import { type Outbox, outboxesOf, outboxKey } from "../ledger/outbox.ts";
import type { LedgerStore } from "../ledger/port.ts";
import { firestoreAnalytics } from "./analytics-store.ts";
import { firestoreLedger } from "./ledger-store.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 14, 3);
const NOW = new Date(NOW_MS);
const DEADLINE_MS = 20_000;
/** More than Firestore takes in one `in`. */
const SHARDS = 35;
const USERS = 12;
const ALICE = "alice/ä_1";

/** Calls of 84 days until today, 5 a day; user 1 is alice, user 3 pays nothing. */
const ENTRIES: readonly Entry[] = Array.from({ length: 420 }, (_, n) => {
  const startedAt = new Date(NOW_MS - Math.floor(n / 5) * DAY_MS - (n % 5) * 3_600_000);
  const user = (n * 7) % USERS;
  const isFree = user === 3 || n % 11 === 0;
  return sampleEntry({
    n,
    startedAt,
    ...(n % 41 === 7 ? { settledAt: new Date(Math.min(NOW_MS, +startedAt + 10 * DAY_MS)) } : {}),
    userId: user === 1 ? ALICE : `user-${user}`,
    sessionId: n % 2 ? `session-${n % 10}` : null,
    agent: n % 5 ? `agent.${n % 70}` : null,
    department: n % 3 ? `dep/${n % 3}` : null,
    orgId: n % 2 ? "org" : null,
    operation: n % 4 ? "chat" : "embedding",
    model: n % 3 ? "openai/gpt-4.1" : "openai/gpt-4o-mini",
    priceStatus: isFree ? "free" : n % 13 === 0 ? "unpriced" : "priced",
    ...(isFree || n % 13 === 0 ? {} : { inputCostNanoUsd: 1_000 + n, outputCostNanoUsd: n * n }),
    status: n % 17 ? "ok" : "error",
    shard: n % SHARDS,
  });
});

jest.setTimeout(60_000);

const db = new Firestore({ projectId: `demo-tollgate-analytics-${process.pid}` });
const ledger: LedgerStore = firestoreLedger(db, SHARDS);
const knownKeys = new KeyMemory();
let store: AnalyticsStore;

beforeAll(async () => {
  store = firestoreAnalytics(db, { shards: SHARDS, deadlineMs: DEADLINE_MS });
  for (let at = 0; at < ENTRIES.length; at += 70) await book(ENTRIES.slice(at, at + 70));
});

afterAll(() => db.terminate());

/** As settle and the trigger do it. */
async function book(entries: readonly Entry[]): Promise<void> {
  const deps = { store: ledger, deadlineMs: DEADLINE_MS, knownKeys };
  for (const [id, outbox] of await settle(entries)) await aggregate(deps, id, outbox, NOW);
}

async function settle(entries: readonly Entry[]): Promise<[string, Outbox][]> {
  const outboxes = outboxesOf(entries, NOW).map((outbox): [string, Outbox] => [
    `outbox-${outbox.entryIds[0]}`,
    outbox,
  ]);
  const outcome = await ledger.commit(
    [
      ...entries.map((entry) => ({
        kind: "create" as const,
        doc: entryKey(entry.entryId),
        fields: { ...entry },
      })),
      ...outboxes.map(([id, outbox]) => ({
        kind: "create" as const,
        doc: outboxKey(id),
        fields: { ...outbox },
      })),
    ],
    DEADLINE_MS,
  );
  expect(outcome).toMatchObject({ status: "done" });
  return outboxes;
}

function query(given: Partial<UsageQuery>): UsageQuery {
  return {
    scope: { kind: "everyone" },
    range: { fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 11, 1) },
    groupBy: undefined,
    filters: {},
    compare: undefined,
    ...given,
  };
}

const OF_ALICE = { scope: { kind: "user", userId: ALICE } } as const;
const isAlice = ({ userId }: Entry) => userId === ALICE;
const inDays = (from: string, to: string) => (entry: Entry) => entry.day >= from && entry.day < to;
const range = (from: string, to: string) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) });
const inAutumn = inDays("2026-10-01", "2026-12-01");
const ONE_WEEK = { range: range("2026-11-10", "2026-11-17") };
const inWeek = inDays("2026-11-10", "2026-11-17");

type Expectation = readonly [
  name: string,
  query: Partial<UsageQuery>,
  holds: (entry: Entry) => boolean,
  source: "aggregate" | "ledger",
];

const REPORTS: readonly Expectation[] = [
  ["a user's months", OF_ALICE, (e) => isAlice(e) && inAutumn(e), "aggregate"],
  [
    "a user's months by model",
    { ...OF_ALICE, groupBy: "model" },
    (e) => isAlice(e) && inAutumn(e),
    "aggregate",
  ],
  ["a user's week", { ...OF_ALICE, ...ONE_WEEK }, (e) => isAlice(e) && inWeek(e), "aggregate"],
  [
    "a user's week by agent",
    { ...OF_ALICE, ...ONE_WEEK, groupBy: "agent" },
    (e) => isAlice(e) && inWeek(e),
    "ledger",
  ],
  [
    "a user's session",
    { ...OF_ALICE, ...ONE_WEEK, filters: { sessionId: "session-3" } },
    (e) => isAlice(e) && inWeek(e) && e.sessionId === "session-3",
    "ledger",
  ],
  ["everybody's months", {}, inAutumn, "aggregate"],
  ["everybody's months by department", { groupBy: "department" }, inAutumn, "aggregate"],
  ["everybody's months by agent", { groupBy: "agent" }, inAutumn, "aggregate"],
  [
    "a department's months",
    { filters: { department: "dep/2" } },
    (e) => inAutumn(e) && e.department === "dep/2",
    "aggregate",
  ],
  [
    "an organisation's months",
    { filters: { orgId: "org" } },
    (e) => inAutumn(e) && e.orgId === "org",
    "aggregate",
  ],
  ["everybody's week by operation", { ...ONE_WEEK, groupBy: "operation" }, inWeek, "ledger"],
  [
    "an agent's week by model",
    { ...ONE_WEEK, filters: { agent: "agent.8" }, groupBy: "model" },
    (e) => inWeek(e) && e.agent === "agent.8",
    "ledger",
  ],
  [
    "a department's week by model",
    { ...ONE_WEEK, filters: { department: "~none" }, groupBy: "model" },
    (e) => inWeek(e) && e.department === null,
    "ledger",
  ],
  [
    "an organisation's week of errors by session",
    { ...ONE_WEEK, filters: { orgId: "org", status: "error" }, groupBy: "session" },
    (e) => inWeek(e) && e.orgId === "org" && e.status === "error",
    "ledger",
  ],
  [
    "everybody's hours",
    { range: range("2026-11-20T10:30:00Z", "2026-11-20T13:03:00.001Z") },
    (e) =>
      e.day === "2026-11-20" &&
      e.startedAt >= new Date("2026-11-20T10:30:00Z") &&
      e.startedAt <= new Date("2026-11-20T13:03:00Z"),
    "ledger",
  ],
  ["a month without data", { range: range("2026-01-01", "2026-02-01") }, () => false, "aggregate"],
];

describe("a report", () => {
  it.each(REPORTS)("of %s is the sum over its entries", async (_, given, holds, source) => {
    const expected = ENTRIES.filter(holds);
    const report = await getUsage(store, query(given), NOW_MS);
    expect(report).toMatchObject({ source, pendingEntries: 0 });
    expect(report.totals).toEqual(expectedTotals(expected));
    const byDay = expectedBy(expected, ({ day }) => day);
    const trend = report.trend.filter(({ totals }) => totals.calls > 0);
    expect(Object.fromEntries(trend.map(({ day, totals }) => [day, totals]))).toEqual(byDay);
    if (given.groupBy !== undefined) {
      const cost = report.groups.reduce((sum, { totals }) => sum + totals.costNanoUsd, 0);
      expect(cost).toBe(report.totals.costNanoUsd);
    }
  });

  it("reads one document per month of a user, and one per shard and day of everybody", async () => {
    expect((await getUsage(store, query(OF_ALICE), NOW_MS)).documentsRead).toBe(2);
    const days = new Set(ENTRIES.filter(inAutumn).map(({ day, shard }) => `${shard}_${day}`));
    expect((await getUsage(store, query({}), NOW_MS)).documentsRead).toBe(days.size);
  });

  it("compares with what was before", async () => {
    const report = await getUsage(store, query({ ...ONE_WEEK, compare: "previous" }), NOW_MS);
    const before = ENTRIES.filter(inDays("2026-11-03", "2026-11-10"));
    expect(report.before?.totals).toEqual(expectedTotals(before));
    expect(report.before?.against.totals).toEqual(report.totals);
  });

  it("names agents in full maps ~other, and loses nothing", async () => {
    const busy = Array.from({ length: 60 }, (_, i) =>
      sampleEntry({
        n: 10_000 + i,
        startedAt: new Date("2026-03-05T12:00:00Z"),
        userId: "busy",
        agent: `a${i}`,
        inputCostNanoUsd: 1,
        shard: 0,
      }),
    );
    await book(busy.slice(0, 30));
    await book(busy.slice(30));
    const march = { range: range("2026-03-01", "2026-04-01"), groupBy: "agent" } as const;
    for (const scope of [{ kind: "user", userId: "busy" }, { kind: "everyone" }] as const) {
      const { groups, totals } = await getUsage(store, query({ ...march, scope }), NOW_MS);
      expect(totals.costNanoUsd).toBe(60);
      expect(groups).toHaveLength(50);
      expect(groups.at(-1)).toMatchObject({ key: "~other", totals: { calls: 11 } });
    }
    const hidden = { ...march, filters: { agent: "a59" } };
    expect(await getUsage(store, query(hidden), NOW_MS)).toMatchObject({
      source: "ledger",
      totals: { calls: 1 },
    });
  });

  it("says which entries are not in it yet", async () => {
    const entry = sampleEntry({
      n: 20_000,
      startedAt: new Date("2026-02-05T12:00:00Z"),
      userId: "late",
    });
    const outboxes = await settle([entry]);
    const ask = (userId: string) =>
      getUsage(
        store,
        query({ scope: { kind: "user", userId }, range: range("2026-02-01", "2026-03-01") }),
        NOW_MS,
      );
    expect(await ask("late")).toMatchObject({ pendingEntries: 1, totals: { calls: 0 } });
    expect(await ask("other")).toMatchObject({ pendingEntries: 0 });
    const deps = { store: ledger, deadlineMs: DEADLINE_MS, knownKeys };
    for (const [id, outbox] of outboxes) await aggregate(deps, id, outbox, NOW);
    expect(await ask("late")).toMatchObject({ pendingEntries: 0, totals: { calls: 1 } });
  });
});

describe("a summary", () => {
  it.each([
    ["a user", OF_ALICE.scope, isAlice],
    ["everybody", { kind: "everyone" }, () => true],
  ] as const)("of %s adds up", async (_, scope, isIts) => {
    const its = ENTRIES.filter((entry) => isIts(entry));
    const summary = await getSummary(store, scope, NOW_MS);
    expect(summary.totals).toEqual(expectedTotals(its.filter(inDays("2026-11-01", "2026-12-01"))));
    expect(summary.today).toEqual(expectedTotals(its.filter(({ day }) => day === "2026-11-22")));
    expect(summary.before?.totals).toEqual(
      expectedTotals(its.filter(inDays("2026-10-01", "2026-10-22"))),
    );
    const models = summary.topModels.reduce((sum, { totals }) => sum + totals.calls, 0);
    expect(models).toBe(summary.totals.calls);
  });
});

describe("a session", () => {
  it("has the totals, the models and the time of its calls", async () => {
    const its = ENTRIES.filter((e) => isAlice(e) && e.sessionId === "session-3");
    const report = await getSessionUsage(store, { userId: ALICE, sessionId: "session-3" }, NOW_MS);
    const starts = its.map(({ startedAt }) => startedAt.getTime());
    expect(report.totals).toEqual(expectedTotals(its));
    expect(report.durationMs).toBe(Math.max(...starts) - Math.min(...starts));
    const agents = Object.values(report.byAgent).reduce((sum, { calls }) => sum + calls, 0);
    expect(agents).toBe(its.length);
  });
});

describe("the top users", () => {
  const november = ENTRIES.filter(inDays("2026-11-01", "2026-12-01"));
  const costs = Object.entries(expectedBy(november, ({ userId }) => userId))
    .filter(([, { costNanoUsd }]) => costNanoUsd > 0)
    .sort(([, a], [, b]) => b.costNanoUsd - a.costNanoUsd);

  it("come by cost, page by page, and cost one read each and one more", async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await getTopUsers(store, { month: "2026-11", limit: 3, cursor }, NOW_MS);
      expect(page.documentsRead).toBeLessThanOrEqual(4);
      seen.push(...page.items.map(({ userId }) => userId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(costs.map(([userId]) => userId));
  });

  it("have exact totals and a share of all that was spent", async () => {
    const report = await getTopUsers(
      store,
      { month: "2026-11", limit: 1, cursor: undefined },
      NOW_MS,
    );
    const all = expectedTotals(november).costNanoUsd;
    const [userId, totals] = costs[0] ?? [];
    expect(report.costNanoUsd).toBe(all);
    expect(report.items).toMatchObject([
      { userId, totals, sharePerMille: Math.round(((totals?.costNanoUsd ?? 0) * 1_000) / all) },
    ]);
  });

  it("of a month without usage are none", async () => {
    const none = { month: "2025-01", limit: 5, cursor: undefined };
    expect(await getTopUsers(store, none, NOW_MS)).toMatchObject({
      items: [],
      nextCursor: null,
      costNanoUsd: 0,
      documentsRead: 0,
    });
  });
});

describe("a list of entries", () => {
  it.each([
    ["everybody's, over all shards", { kind: "everyone" }, {}, () => true],
    ["a user's", OF_ALICE.scope, {}, isAlice],
    [
      "a session's",
      OF_ALICE.scope,
      { sessionId: "session-3" },
      (e: Entry) => isAlice(e) && e.sessionId === "session-3",
    ],
    ["an agent's", { kind: "everyone" }, { agent: "agent.8" }, (e: Entry) => e.agent === "agent.8"],
    [
      "nobody's department",
      { kind: "everyone" },
      { department: "~none" },
      (e: Entry) => e.department === null,
    ],
    [
      "an organisation's errors",
      { kind: "everyone" },
      { orgId: "org", status: "error" },
      (e: Entry) => e.orgId === "org" && e.status === "error",
    ],
  ] as const)("%s, page by page, newest first", async (_, scope, filters, holds) => {
    const fromMs = Date.parse("2026-09-15");
    const expected = ENTRIES.filter((e) => holds(e) && e.day >= "2026-09-15").sort(
      (a, b) =>
        (a.day < b.day ? 1 : a.day > b.day ? -1 : 0) ||
        +b.startedAt - +a.startedAt ||
        (a.entryId < b.entryId ? 1 : -1),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listEntries(store, {
        scope,
        filters,
        fromMs,
        toMs: undefined,
        limit: 50,
        cursor,
      });
      seen.push(...page.items.map(({ entryId }) => entryId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(expected.map(({ entryId }) => entryId));
  });

  it("gives entries as they were booked", async () => {
    const [newest] = ENTRIES;
    const page = await listEntries(store, {
      scope: { kind: "everyone" },
      filters: {},
      fromMs: undefined,
      toMs: undefined,
      limit: 1,
      cursor: undefined,
    });
    const { add, windows, nonce, payloadHash, schemaVersion, shard, ...shown } = newest as Entry;
    expect(page.items).toEqual([JSON.parse(JSON.stringify(shown))]);
    expect(page.nextCursor).not.toBeNull();
  });
});
