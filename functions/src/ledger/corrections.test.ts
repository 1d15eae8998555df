import { describe, expect, it } from "@jest/globals";
import { correctionIdOf } from "../core/ids.ts";
import { DAY_MS } from "../core/period.ts";
import { expiredEntry } from "./care.ts";
import { contributionsOf } from "./contributions.ts";
import { planCorrection } from "./corrections.ts";
import type { Entry, EntryDraft } from "./entry.ts";
import { addCounters, type Counters, withoutZeros } from "./plan.ts";
import { RETENTION_DAYS, sampleDraft, sampleHold } from "./testing/sample-call.ts";

const STARTED_MS = Date.parse("2026-11-28T14:00:00Z");
const SWEPT = new Date(STARTED_MS + 700_000);
const hold = sampleHold({ requestId: "r1", nonce: "n1", startedAtMs: STARTED_MS });
/** 1 000 input and 1 000 output tokens at 1 and 4 dollars per million: 5 000 000 nanoUSD. */
const guess: Entry = { ...expiredEntry(hold, SWEPT, RETENTION_DAYS), shard: 1 };

describe("planCorrection", () => {
  it("takes an estimate to what the call really cost", () => {
    const [correction] = planCorrection(guess, [], actual(300, 50), SWEPT);
    expect(correction).toMatchObject({
      entryId: correctionIdOf(guess.entryId, 1),
      kind: "correction",
      correctsId: guess.entryId,
      nonce: "n1",
      inputTokens: -700,
      outputTokens: -950,
      totalTokens: -1_650,
      classes: { input: -700, output: -950 },
      costNanoUsd: -4_500_000,
      inputCostNanoUsd: -700_000,
      outputCostNanoUsd: -3_800_000,
      costUsd: "-0.0045",
      classCosts: [],
      overrunNanoUsd: 0,
      usageStatus: "exact",
      status: "ok",
      day: "2026-11-28",
      month: "2026-11",
      originalDay: null,
      startedAt: guess.startedAt,
      settledAt: SWEPT,
    });
  });

  it("shows by how much a late actual is above its bound", () => {
    const target = { ...actual(1_000, 3_000), overrunNanoUsd: 8_000_000 };
    const [correction] = planCorrection(guess, [], target, SWEPT);
    expect(correction).toMatchObject({ costNanoUsd: 8_000_000, overrunNanoUsd: 8_000_000 });
  });

  it("counts no call and no request again, and takes back that it was estimated", () => {
    const [correction] = planCorrection(guess, [], actual(300, 50), SWEPT);
    expect(correction?.add).toEqual({
      inputTokens: -700,
      outputTokens: -950,
      totalTokens: -1_650,
      classes: { input: -700, output: -950 },
      costNanoUsd: -4_500_000,
      inputCostNanoUsd: -700_000,
      outputCostNanoUsd: -3_800_000,
      estimatedCalls: -1,
      latencyMsSum: 120,
    });
  });

  it("follows the chain: 5 000 000 - 4 500 000 + 200 000, and a target of 650 000, make -50 000", () => {
    const [first] = planCorrection(guess, [], actual(300, 50), SWEPT) as [EntryDraft];
    const [second] = planCorrection(
      guess,
      [booked(first)],
      { ...actual(500, 50), nonce: "n2" },
      SWEPT,
    ) as [EntryDraft];
    expect(second.costNanoUsd).toBe(200_000);
    const target = { ...actual(450, 50), nonce: "n3" };
    const [third] = planCorrection(guess, [booked(first), booked(second)], target, SWEPT);
    expect(third).toMatchObject({
      entryId: correctionIdOf(guess.entryId, 3),
      costNanoUsd: -50_000,
      inputTokens: -50,
    });
  });

  it("is done when the chain holds its nonce already", () => {
    const [first] = planCorrection(guess, [], actual(300, 50), SWEPT) as [EntryDraft];
    expect(planCorrection(guess, [booked(first)], actual(300, 50), SWEPT)).toEqual([]);
  });

  it("is written even when nothing differs but the certainty, so that the next one is done", () => {
    const [correction] = planCorrection(
      guess,
      [],
      { ...actual(1_000, 1_000), latencyMs: 0 },
      SWEPT,
    );
    expect(correction).toMatchObject({ costNanoUsd: 0, totalTokens: 0, usageStatus: "exact" });
  });

  it("is booked where its entry is for 7 days, and today after that", () => {
    const at = (ms: number) =>
      planCorrection(guess, [], actual(1, 1), new Date(STARTED_MS + ms))[0];
    expect(at(7 * DAY_MS)).toMatchObject({
      day: "2026-11-28",
      month: "2026-11",
      originalDay: null,
    });
    expect(at(7 * DAY_MS + 1)).toMatchObject({
      day: "2026-12-05",
      month: "2026-12",
      originalDay: "2026-11-28",
    });
  });

  it("counts the 7 days from its booking for an entry that was itself booked late", () => {
    const late: Entry = {
      ...guess,
      startedAt: new Date("2026-09-01T10:00:00Z"),
      settledAt: new Date(STARTED_MS),
      originalDay: "2026-09-01",
    };
    const at = (ms: number) => planCorrection(late, [], actual(1, 1), new Date(STARTED_MS + ms))[0];
    expect(at(DAY_MS)).toMatchObject({ day: "2026-11-28", originalDay: "2026-09-01" });
    expect(at(8 * DAY_MS)).toMatchObject({ day: "2026-12-06", originalDay: "2026-09-01" });
  });

  it("lives as long as its entry, and as long as its own month's entries", () => {
    const soon = planCorrection(guess, [], actual(1, 1), SWEPT)[0];
    expect(soon?.expireAt).toEqual(guess.expireAt);
    const late = planCorrection(guess, [], actual(1, 1), new Date(STARTED_MS + 8 * DAY_MS))[0];
    expect(late?.expireAt).toEqual(
      new Date(Date.parse("2027-01-01T00:00:00Z") + RETENTION_DAYS * DAY_MS),
    );
  });

  it("moves the windows of its entry", () => {
    const windows = [
      { windowId: "w", unit: "usd", mover: "trigger" } as unknown as Entry["windows"][number],
    ];
    const [correction] = planCorrection({ ...guess, windows }, [], actual(300, 50), SWEPT) as [
      EntryDraft,
    ];
    const moved = contributionsOf(booked(correction)).find(({ doc }) => doc.id === "w");
    expect(moved?.add).toEqual({ spent: -4_500_000 });
  });

  it("moves everything to where maps keep what has no price, whatever it found out about it", () => {
    const target: EntryDraft = {
      ...actual(300, 50),
      priceStatus: "unpriced",
      priceVersion: null,
      add: { calls: 1, requests: 1, totalTokens: 350, unpricedCalls: 1, unpricedTokens: 350 },
    };
    const corrections = planCorrection(guess, [], target, SWEPT);
    expect(corrections.map(({ entryId }) => entryId)).toEqual(
      [1, 2].map((n) => correctionIdOf(guess.entryId, n)),
    );
    const months = [guess, ...corrections.map(booked)].map(
      (entry) => contributionsOf(entry)[0]?.add.byModel as Counters,
    );
    const byModel = months.reduce<Counters>((sum, add) => addCounters(sum, add), {});
    expect(withoutZeros(byModel)).toEqual({ "~unknown": target.add });
    expect(planCorrection(guess, corrections.map(booked), target, SWEPT)).toEqual([]);
  });
});

function actual(inputTokens: number, outputTokens: number): EntryDraft {
  return sampleDraft(hold, { input: inputTokens, output: outputTokens });
}

function booked(draft: EntryDraft): Entry {
  return { ...draft, shard: 1 };
}
