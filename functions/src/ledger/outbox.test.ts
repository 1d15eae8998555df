import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { contributionsOf } from "./contributions.ts";
import type { Entry } from "./entry.ts";
import {
  MAX_ENTRIES_PER_OUTBOX,
  MAX_INCREMENTS_PER_TARGET,
  MAX_OUTBOX_BYTES,
  type Outbox,
  outboxesOf,
} from "./outbox.ts";
import { addCounters, type Counters, countLeaves } from "./plan.ts";
import { sampleAttribution, sampleDraft, sampleHold, windowsFor } from "./testing/sample-call.ts";

const NOW = new Date("2026-11-22T14:00:00Z");

describe("outboxesOf", () => {
  it("sums what several entries add to one document", () => {
    const [outbox] = outboxesOf([entry(1), entry(2)], NOW) as [Outbox];
    expect(outbox.createdAt).toBe(NOW);
    expect(outbox.entryIds).toHaveLength(2);
    expect(outbox.targets.map(({ collection }) => collection)).toEqual([
      "usage_monthly",
      "usage_sessions",
      "usage_daily",
      "usage_totals",
    ]);
    expect(targetOf(outbox, "usage_monthly")?.add.totals).toMatchObject({
      calls: 2,
      requests: 2,
      inputTokens: 3,
      costNanoUsd: 3_000,
    });
  });

  it("keeps the first and the last start of a session", () => {
    const [outbox] = outboxesOf([entry(5), entry(2), entry(9)], NOW) as [Outbox];
    expect(targetOf(outbox, "usage_sessions")).toMatchObject({
      min: { firstAtMs: NOW.getTime() + 2 },
      max: { lastAtMs: NOW.getTime() + 9 },
    });
  });

  it("names each window once that moved with the entries' own commit", () => {
    const budgets = [sampleBudget({ enforcement: "block" }), sampleBudget({ unit: "tokens" })];
    const windows = windowsFor(sampleAttribution(), budgets, NOW.getTime());
    const many = entries(101, () => ({ windows }));
    const settled = outboxesOf(many, NOW).map(({ settledWindows }) => settledWindows);
    expect(settled).toEqual([["user:alice:usd:month_2026-11"], []]);
  });

  it("has none for no entries", () => {
    expect(outboxesOf([], NOW)).toEqual([]);
  });

  it("holds 100 entries and begins a new document with the next", () => {
    const counts = (n: number) =>
      outboxesOf(entries(n), NOW).map(({ entryIds }) => entryIds.length);
    expect(counts(MAX_ENTRIES_PER_OUTBOX)).toEqual([100]);
    expect(counts(MAX_ENTRIES_PER_OUTBOX + 1)).toEqual([100, 1]);
  });

  it("gives no document more than 400 increments, and loses nothing by the cut", () => {
    const many = entries(60, (n) => ({ agent: `agent-${n}`, sessionId: null }));
    const outboxes = outboxesOf(many, NOW);
    expect(outboxes.length).toBeGreaterThan(1);
    for (const { targets } of outboxes) {
      for (const { add } of targets) {
        expect(countLeaves(add)).toBeLessThanOrEqual(MAX_INCREMENTS_PER_TARGET);
      }
    }
    expect(outboxes.flatMap(({ entryIds }) => entryIds)).toEqual(many.map((e) => e.entryId));
    expect(sumPerDocument(outboxes)).toEqual(sumPerDocument([wholeOf(many)]));
  });

  it("stays below 200 KB in bytes, not in characters", () => {
    const name = "消".repeat(20);
    const many = entries(100, (n) => ({ userId: `${name}${n}`, sessionId: `${name}${n}` }));
    const outboxes = outboxesOf(many, NOW);
    expect(outboxes.length).toBeGreaterThan(1);
    for (const { targets } of outboxes) {
      expect(Buffer.byteLength(JSON.stringify(targets))).toBeLessThanOrEqual(MAX_OUTBOX_BYTES);
    }
    expect(sumPerDocument(outboxes)).toEqual(sumPerDocument([wholeOf(many)]));
  });
});

function entries(count: number, more: (n: number) => Partial<Entry> = () => ({})): Entry[] {
  return Array.from({ length: count }, (_, n) => ({ ...entry(n), ...more(n) }));
}

function entry(n: number): Entry {
  const hold = sampleHold({
    requestId: `r${n}`,
    nonce: `n${n}`,
    startedAtMs: NOW.getTime() + n,
    attribution: { sessionId: "s1" },
  });
  return { ...sampleDraft(hold, { input: n }), shard: 0 };
}

function targetOf(outbox: Outbox, collection: string) {
  return outbox.targets.find((target) => target.collection === collection);
}

/** The sum without any cut, worked out in the simplest way. */
function wholeOf(many: readonly Entry[]): Pick<Outbox, "targets"> {
  const contributions = many.flatMap(contributionsOf);
  return { targets: contributions.map(({ doc, ...rest }) => ({ ...doc, ...rest })) };
}

function sumPerDocument(outboxes: readonly Pick<Outbox, "targets">[]): Record<string, Counters> {
  const sums: Record<string, Counters> = {};
  for (const { collection, id, add } of outboxes.flatMap(({ targets }) => targets)) {
    sums[`${collection}/${id}`] = addCounters(sums[`${collection}/${id}`] ?? {}, add);
  }
  return sums;
}
