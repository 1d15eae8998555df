import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { DAY_MS, dayOf } from "../core/period.ts";
import type { Entry } from "../ledger/entry.ts";
import { NO_TOTALS } from "../ledger/totals.ts";
import { getUsage, type UsageQuery } from "./get-usage.ts";
import { GROUPS } from "./question.ts";
import { memoryStore } from "./testing/memory-store.ts";
import { expectedBy, expectedTotals } from "./testing/oracle.ts";
import { type SampleCall, sampleEntry } from "./testing/sample-entries.ts";

const NOW_MS = Date.UTC(2026, 10, 22, 14, 3);
const AUGUST = Date.UTC(2026, 7, 1);
const ALICE = { kind: "user", userId: "alice" } as const;
const EVERYONE = { kind: "everyone" } as const;

let n = 0;
function call(at: string, more: Omit<SampleCall, "n" | "startedAt"> = {}): Entry {
  n += 1;
  return sampleEntry({ n, startedAt: new Date(at), ...more });
}

function range(from: string, to: string) {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}

function query(given: Partial<UsageQuery>): UsageQuery {
  return {
    scope: ALICE,
    range: range("2026-11-01", "2026-12-01"),
    groupBy: undefined,
    filters: {},
    compare: undefined,
    ...given,
  };
}

describe("a user's usage", () => {
  it("of whole months comes from one document per month", async () => {
    const entries = [
      call("2026-09-30T23:59:59.999Z"),
      call("2026-10-01T00:00:00Z", { inputCostNanoUsd: 7 }),
      call("2026-11-21T10:00:00Z", { outputCostNanoUsd: 9, agent: "tutor" }),
    ];
    const report = await getUsage(
      memoryStore(entries),
      query({ range: range("2026-10-01", "2026-12-01"), groupBy: "agent" }),
      NOW_MS,
    );
    expect(report).toMatchObject({ source: "aggregate", documentsRead: 2, pendingEntries: 0 });
    expect(report.totals).toEqual(expectedTotals(entries.slice(1)));
    expect(report.groups.map(({ key }) => key)).toEqual(["tutor", "~none"]);
    expect(report.trend).toHaveLength(61);
  });

  it("of some days comes from the months' days", async () => {
    const entries = [call("2026-11-20T12:00:00Z"), call("2026-11-21T12:00:00Z")];
    const report = await getUsage(
      memoryStore(entries),
      query({ range: range("2026-11-21", "2026-11-22"), groupBy: "day" }),
      NOW_MS,
    );
    expect(report).toMatchObject({ source: "aggregate", documentsRead: 1 });
    expect(report.groups).toEqual([
      { key: "2026-11-21", totals: expectedTotals(entries.slice(1)) },
    ]);
  });

  it("of the month to date by model needs no entries", async () => {
    const entries = [call("2026-11-02T12:00:00Z"), call("2026-11-22T12:00:00Z")];
    const report = await getUsage(
      memoryStore(entries),
      query({ range: range("2026-11-01", "2026-11-23"), groupBy: "model" }),
      NOW_MS,
    );
    expect(report).toMatchObject({ source: "aggregate", documentsRead: 1 });
    expect(report.groups).toEqual([{ key: "openai/gpt-4o-mini", totals: expectedTotals(entries) }]);
  });

  it("of some days by model comes from entries when the month holds more", async () => {
    const entries = [call("2026-11-20T12:00:00Z"), call("2026-11-21T12:00:00Z")];
    const report = await getUsage(
      memoryStore(entries),
      query({ range: range("2026-11-21", "2026-11-22"), groupBy: "model" }),
      NOW_MS,
    );
    expect(report).toMatchObject({ source: "ledger", documentsRead: 2 });
    expect(report.totals).toEqual(expectedTotals(entries.slice(1)));
  });

  it("of a month without usage is zero, on every day", async () => {
    const report = await getUsage(memoryStore([]), query({ groupBy: "model" }), NOW_MS);
    expect(report).toMatchObject({ totals: NO_TOTALS, groups: [], source: "aggregate" });
    expect(report.trend).toHaveLength(30);
    expect(report.trend[0]).toEqual({ day: "2026-11-01", totals: NO_TOTALS });
  });

  it("is cut at the instant that a range names", async () => {
    const at = [call("2026-11-20T12:00:00Z"), call("2026-11-20T12:00:00.001Z")];
    const entries = [...at, call("2026-11-20T13:00:00Z")];
    const report = await getUsage(
      memoryStore(entries),
      query({ range: range("2026-11-20T12:00:00.001Z", "2026-11-20T13:00:00Z") }),
      NOW_MS,
    );
    expect(report.totals).toEqual(expectedTotals(at.slice(1)));
    expect(report).toMatchObject({ source: "ledger", pendingEntries: 0 });
  });

  it("until now is that of the whole day so far", async () => {
    const report = await getUsage(
      memoryStore([]),
      query({ range: { fromMs: Date.parse("2026-08-01"), toMs: NOW_MS } }),
      NOW_MS,
    );
    expect(report).toMatchObject({ source: "aggregate", to: "2026-11-23T00:00:00.000Z" });
  });

  it("counts a late booking on the day that it was booked", async () => {
    const late = call("2026-10-02T09:00:00Z", { settledAt: new Date("2026-11-20T15:00:00Z") });
    for (const groupBy of ["day", "model"] as const) {
      const report = await getUsage(
        memoryStore([late, call("2026-11-03T09:00:00Z")]),
        query({ range: range("2026-11-20", "2026-11-21"), groupBy }),
        NOW_MS,
      );
      expect(report.totals).toEqual(expectedTotals([late]));
    }
  });

  it("says how many of the user's own entries are not in it yet", async () => {
    const waiting = [
      call("2026-11-22T14:00:00Z"),
      call("2026-11-22T14:01:00Z", { userId: "bob" }),
      call("2026-10-22T14:01:00Z"),
    ];
    const mine = await getUsage(memoryStore([], waiting), query({}), NOW_MS);
    expect(mine.pendingEntries).toBe(1);
    const all = await getUsage(memoryStore([], waiting), query({ scope: EVERYONE }), NOW_MS);
    expect(all.pendingEntries).toBe(3);
  });
});

describe("free, paid and unpriced calls", () => {
  it("are told apart and add up", async () => {
    const entries = [
      call("2026-11-20T12:00:00Z", { priceStatus: "free" }),
      call("2026-11-20T12:00:00Z", { priceStatus: "unpriced" }),
      call("2026-11-20T12:00:00Z", { inputCostNanoUsd: 5, outputCostNanoUsd: 6 }),
      call("2026-11-20T12:00:00Z", { priceStatus: "provider", inputCostNanoUsd: 1 }),
    ];
    expect(await getUsage(memoryStore(entries), query({}), NOW_MS)).toMatchObject({
      free: { calls: 1, tokens: 15 },
      paid: { calls: 2, tokens: 30, costNanoUsd: 12 },
      unpriced: { calls: 1, tokens: 15 },
    });
  });
});

describe("everybody's usage", () => {
  const entries = [
    call("2026-11-20T12:00:00Z", { userId: "alice", agent: "tutor", department: "R & D" }),
    call("2026-11-20T12:00:00Z", { userId: "bob", agent: "coder", department: "R & D" }),
    call("2026-11-21T12:00:00Z", { userId: "bob", agent: "tutor" }),
  ];
  const store = memoryStore(entries);

  it.each([
    ["department", { "R & D": 2, "~none": 1 }],
    ["agent", { tutor: 2, coder: 1 }],
    ["model", { "openai/gpt-4o-mini": 3 }],
  ] as const)("by %s comes from the days", async (groupBy, calls) => {
    const report = await getUsage(store, query({ scope: EVERYONE, groupBy }), NOW_MS);
    expect(report).toMatchObject({ source: "aggregate", documentsRead: 3 });
    const found = report.groups.map(({ key, totals }) => [key, totals.calls]);
    expect(Object.fromEntries(found)).toEqual(calls);
  });

  it("of one agent comes from the days, its trend too", async () => {
    const report = await getUsage(
      store,
      query({ scope: EVERYONE, filters: { agent: "tutor" } }),
      NOW_MS,
    );
    expect(report).toMatchObject({ source: "aggregate", totals: { calls: 2 } });
    expect(report.trend[19]).toMatchObject({ day: "2026-11-20", totals: { calls: 1 } });
  });

  it("of one agent by model comes from entries", async () => {
    const report = await getUsage(
      store,
      query({ scope: EVERYONE, filters: { agent: "tutor" }, groupBy: "model" }),
      NOW_MS,
    );
    expect(report).toMatchObject({ source: "ledger", documentsRead: 2, totals: { calls: 2 } });
  });

  it("by session names the session's user", async () => {
    const sessions = [
      call("2026-11-20T12:00:00Z", { userId: "a_b", sessionId: "s" }),
      call("2026-11-20T12:00:00Z", { userId: "a", sessionId: "b_s" }),
      call("2026-11-20T12:00:00Z", { userId: "a" }),
    ];
    const report = await getUsage(
      memoryStore(sessions),
      query({ scope: EVERYONE, groupBy: "session" }),
      NOW_MS,
    );
    expect(report.groups.map(({ key }) => key).sort()).toEqual(["a%5Fb_s", "a_b%5Fs", "~none"]);
  });
});

describe("a map that is full", () => {
  const many = Array.from({ length: 60 }, (_, i) =>
    call("2026-11-20T12:00:00Z", { agent: `agent-${i}`, shard: 0, inputCostNanoUsd: i }),
  );

  it("keeps what is beyond its cap as ~other", async () => {
    const report = await getUsage(memoryStore(many), query({ groupBy: "agent" }), NOW_MS);
    expect(report).toMatchObject({ source: "aggregate", totals: { calls: 60 } });
    expect(report.groups).toHaveLength(50);
    expect(report.groups.at(-1)).toMatchObject({ key: "~other", totals: { calls: 11 } });
  });

  it("leaves it to the ledger to answer for an agent that it may hide", async () => {
    const ask = (agent: string) =>
      getUsage(memoryStore(many), query({ scope: EVERYONE, filters: { agent } }), NOW_MS);
    expect(await ask("agent-3")).toMatchObject({ source: "aggregate", totals: { calls: 1 } });
    expect(await ask("agent-59")).toMatchObject({ source: "ledger", totals: { calls: 1 } });
    expect(await ask("~other")).toMatchObject({ source: "aggregate", totals: { calls: 11 } });
  });

  it("is not asked of the ledger, which knows no ~other", async () => {
    const hidden = query({ filters: { agent: "~other" } });
    await expect(getUsage(memoryStore(many), hidden, NOW_MS)).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      facts: { field: "filters.agent" },
    });
  });
});

describe("a model without a price", () => {
  it("is found by its name in the ledger, for the days know only that it is unknown", async () => {
    const entries = [
      call("2026-11-20T12:00:00Z", { model: "openai/new", priceStatus: "unpriced" }),
      call("2026-11-20T12:00:00Z"),
    ];
    const ask = (model: string) =>
      getUsage(memoryStore(entries), query({ scope: EVERYONE, filters: { model } }), NOW_MS);
    expect(await ask("openai/new")).toMatchObject({ source: "ledger", totals: { calls: 1 } });
    expect(await ask("~unknown")).toMatchObject({ source: "aggregate", totals: { calls: 1 } });
    expect(await ask("openai/gpt-4o-mini")).toMatchObject({ source: "aggregate" });
  });
});

describe("compare", () => {
  const entries = [
    call("2026-10-01T12:00:00Z", { inputCostNanoUsd: 1 }),
    call("2026-10-21T23:59:59Z", { inputCostNanoUsd: 20 }),
    call("2026-10-22T00:00:00Z", { inputCostNanoUsd: 300 }),
    call("2026-11-21T12:00:00Z", { inputCostNanoUsd: 4_000 }),
    call("2026-11-22T12:00:00Z", { inputCostNanoUsd: 50_000 }),
  ];

  it("sets the complete days of the month to date beside as many of the month before", async () => {
    const report = await getUsage(
      memoryStore(entries),
      query({ range: range("2026-11-01", "2026-11-23"), compare: "previous" }),
      NOW_MS,
    );
    expect(report.before).toMatchObject({
      from: "2026-10-01T00:00:00.000Z",
      to: "2026-10-22T00:00:00.000Z",
      totals: { costNanoUsd: 21 },
      against: { to: "2026-11-22T00:00:00.000Z", totals: { costNanoUsd: 4_000 } },
    });
    expect(report.totals.costNanoUsd).toBe(54_000);
    expect(report.documentsRead).toBe(2);
  });

  it("is left out on a day that has nothing complete to compare", async () => {
    const report = await getUsage(
      memoryStore(entries),
      query({ range: range("2026-11-22", "2026-11-23"), compare: "previous" }),
      NOW_MS,
    );
    expect(report).not.toHaveProperty("before");
  });
});

describe("a range that is too long", () => {
  it("for single entries is refused, and says what can be asked", async () => {
    const sessions = query({ range: range("2026-10-01", "2026-11-02"), groupBy: "session" });
    await expect(getUsage(memoryStore([]), sessions, NOW_MS)).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      message: expect.stringContaining("at most 31 days"),
    });
  });

  it("for any report is refused", async () => {
    const years = query({ range: range("2024-11-01", "2026-11-02") });
    await expect(getUsage(memoryStore([]), years, NOW_MS)).rejects.toMatchObject({
      message: expect.stringContaining("at most 400 days"),
    });
  });
});

describe("any report", () => {
  const name = fc.constantFrom("a", "b_c", "ü/ö", "~none", "x".repeat(128));
  const anyCall = fc.record({
    atMs: fc.integer({ min: AUGUST, max: NOW_MS }),
    lateMs: fc.constantFrom(0, 0, 0, 9 * DAY_MS),
    userId: fc.constantFrom("alice", "bob"),
    agent: fc.option(name),
    department: fc.option(name),
    orgId: fc.option(name),
    sessionId: fc.option(name),
    operation: fc.constantFrom("chat", "embedding"),
    model: fc.constantFrom("openai/gpt-4.1", "openai/gpt-4o-mini", "anthropic/claude"),
    priceStatus: fc.constantFrom("priced", "priced", "free", "unpriced"),
    inputCostNanoUsd: fc.nat(1_000_000),
    attempt: fc.integer({ min: 1, max: 2 }),
    status: fc.constantFrom("ok", "error"),
    isEstimated: fc.boolean(),
  });
  const filterValue = fc.record(
    { agent: name, department: name, operation: fc.constantFrom("chat", "embedding") },
    { requiredKeys: [] },
  );

  it("is the sum over its entries, whatever it is made from", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCall, { maxLength: 40 }),
        fc.integer({ min: 0, max: 110 }),
        fc.integer({ min: 1, max: 31 }),
        fc.option(fc.constantFrom(...GROUPS), { nil: undefined }),
        filterValue,
        fc.constantFrom(ALICE, EVERYONE),
        async (calls, startDay, days, groupBy, filters, scope) => {
          const entries = calls.map(({ atMs, lateMs, ...more }, index) =>
            sampleEntry({
              ...more,
              priceStatus: more.priceStatus as "priced",
              status: more.status as "ok",
              n: index,
              startedAt: new Date(atMs),
              settledAt: new Date(Math.min(atMs + lateMs, NOW_MS)),
            }),
          );
          const fromMs = AUGUST + startDay * DAY_MS;
          const toMs = fromMs + days * DAY_MS;
          const matching = entries.filter(
            (entry) =>
              entry.day >= dayOf(fromMs) &&
              entry.day < dayOf(toMs) &&
              (scope === EVERYONE || entry.userId === "alice") &&
              Object.entries(filters).every(([field, value]) =>
                fieldIs(entry[field as "agent"], value),
              ),
          );
          const report = await getUsage(
            memoryStore(entries),
            query({ scope, range: { fromMs, toMs }, groupBy, filters }),
            NOW_MS,
          );
          expect(report.totals).toEqual(expectedTotals(matching));
          const byDay = expectedBy(matching, ({ day }) => day);
          expect(report.trend).toHaveLength(days);
          for (const { day, totals } of report.trend)
            expect(totals).toEqual(byDay[day] ?? NO_TOTALS);
          if (groupBy && groupBy !== "day" && groupBy !== "session") {
            const groups = report.groups.map(({ key, totals }) => [key, totals]);
            expect(Object.fromEntries(groups)).toEqual(
              expectedBy(matching, (entry) => shownName(entry, groupBy)),
            );
          }
        },
      ),
    );
  });
});

/** "~none" asks for what was not said. */
function fieldIs(value: string | null, wanted: string): boolean {
  return wanted === "~none" ? value === null : value === wanted;
}

/** One that is really called "~none" must not look like those that said nothing. */
function shownName(entry: Entry, groupBy: "model" | "agent" | "operation" | "department"): string {
  if (groupBy === "model" && entry.priceStatus === "unpriced") return "~unknown";
  const name = entry[groupBy];
  if (name === null) return "~none";
  return name === "~none" ? "%7Enone" : name;
}
