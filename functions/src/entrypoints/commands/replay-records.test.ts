import { describe, expect, it } from "@jest/globals";
import { encodeSettlement } from "../../ledger/overflow.ts";
import type { Settlement } from "../../ledger/settle.ts";
import { Settler } from "../../ledger/settler.ts";
import { sampleDraft, sampleHold } from "../../ledger/testing/sample-call.ts";
import { smallStore } from "../../ledger/testing/small-store.ts";
import type { LogRecord } from "./log-records.ts";
import { replayRecords } from "./replay-records.ts";
import { describeSummary, exitCodeOf } from "./replay-report.ts";

const STARTED_MS = Date.parse("2026-11-22T13:59:00Z");

describe("replayRecords", () => {
  it("restores what is not there, once, whatever form its line has and however often it is there", async () => {
    const { replay, world } = setUp();
    const [first, second] = [textOf("r1"), textOf("r2")];
    const summary = await replay([
      JSON.stringify({ severity: "ERROR", unsettled: first }),
      "Serving function...",
      JSON.stringify({ jsonPayload: { unsettled: second } }),
      JSON.stringify({ severity: "ERROR", message: "Unexpected error" }),
    ]);
    const again = await replay([`${JSON.stringify({ unsettled: first })},`, first]);
    expect(summary).toMatchObject({ read: 2, restored: 2, already: 0, others: 2 });
    expect(again).toMatchObject({ read: 2, restored: 0, already: 2, others: 0 });
    expect([exitCodeOf(summary), exitCodeOf(again)]).toEqual([0, 0]);
    expect(Object.keys(world.all("usage_tracking"))).toHaveLength(2);
    expect(Object.keys(world.all("usage_outbox"))).toHaveLength(2);
  });

  it("grows no double when one settlement is in many lines at once", async () => {
    const { replay, world } = setUp();
    const line = JSON.stringify({ unsettled: textOf("r1") });
    const summary = await replay(Array.from({ length: 50 }, () => line));
    expect(summary).toMatchObject({ read: 50, restored: 1, already: 49, failed: [] });
    expect(Object.keys(world.all("usage_tracking"))).toHaveLength(1);
  });

  it("refuses what cannot be read, with its line and why", async () => {
    const { replay, world } = setUp();
    const whole = JSON.stringify({ unsettled: textOf("r1") });
    const summary = await replay([
      JSON.stringify({ unsettled: "rubbish" }),
      JSON.stringify({ unsettled: '{"schemaVersion":2}' }),
      whole.slice(0, -20),
      JSON.stringify({ unsettledGzip: "H4sIAAAA" }),
    ]);
    expect(summary.refused).toEqual([
      { line: 1, reason: "it is not JSON" },
      { line: 2, reason: "it has schemaVersion 2, not 1" },
      { line: 3, reason: "the line is not whole" },
      { line: 4, reason: "what was compressed is damaged" },
    ]);
    expect(exitCodeOf(summary)).toBe(1);
    expect(world.all("usage_tracking")).toEqual({});
  });

  it("refuses what the ledger may have had and deleted, to the millisecond", async () => {
    const { replay, settlementOf } = setUp();
    const expireAt = settlementOf("r1").entries[0]?.expireAt ?? new Date(0);
    const before = await replay([textOf("r1")], new Date(expireAt.getTime() - 1));
    const at = await replay([textOf("r2")], expireAt);
    expect(before).toMatchObject({ restored: 1, refused: [] });
    expect(at).toMatchObject({
      restored: 0,
      refused: [{ line: 1, reason: "the ledger keeps it until 2028-01-05T00:00:00.000Z only" }],
    });
  });

  it("counts what the ledger does not take, and goes on", async () => {
    const { replay, world } = setUp();
    world.faults.failingReads = 1;
    const summary = await replay([textOf("r1"), textOf("r2")]);
    expect(summary).toMatchObject({ restored: 1, failed: [{ line: 1 }], gaveUp: false });
    expect(summary.failed[0]?.reason).toBe("the entries were not written: no answer");
    expect(exitCodeOf(summary)).toBe(1);
  });

  it("gives up when the ledger takes nothing at all", async () => {
    const { replay, world } = setUp();
    world.faults.failingReads = 1_000;
    const summary = await replay(Array.from({ length: 500 }, (_, n) => textOf(`r${n}`)));
    expect(summary.gaveUp).toBe(true);
    expect(summary.failed.length).toBeGreaterThanOrEqual(48);
    expect(summary.failed.length).toBeLessThan(80);
  });

  it("tells every thousand how far it is", async () => {
    const { replay, progress } = setUp();
    const line = textOf("r1");
    await replay(Array.from({ length: 2_500 }, () => line));
    expect(progress).toEqual([1_000, 2_000]);
  });
});

describe("the report of a replay", () => {
  const nothing = { refused: [], failed: [], others: 0, gaveUp: false };

  it("says what was done, and what not and why", () => {
    const summary = {
      ...nothing,
      read: 4,
      restored: 1,
      already: 1,
      refused: [{ line: 7, reason: "it is not JSON" }],
      failed: [{ line: 9, reason: "no answer" }],
      others: 3,
      gaveUp: true,
    };
    expect(describeSummary(summary, false).split("\n")).toEqual([
      "4 settlements: 1 restored, 1 there already, 1 refused, 1 failed; other lines passed over: 3.",
      "Refused, and refused again however often they are tried:",
      "  line 7: it is not JSON",
      "Not taken by the ledger; run the command again:",
      "  line 9: no answer",
      "Given up before the end: the ledger takes nothing.",
    ]);
  });

  it("shows the first 20 of many", () => {
    const refused = Array.from({ length: 25 }, (_, n) => ({ line: n, reason: "r" }));
    const text = describeSummary({ ...nothing, read: 25, restored: 0, already: 0, refused }, true);
    expect(text).toContain("line 19: r\n  and 5 more");
    expect(text).toContain("Nothing was written: this was a dry run.");
  });
});

function settlementFor(requestId: string): Settlement {
  const hold = sampleHold({ requestId, nonce: `nonce-${requestId}`, startedAtMs: STARTED_MS });
  const entries = [sampleDraft(hold, { input: 10, output: 5 })];
  return { entries, holdId: hold.holdId, hold: null };
}

function textOf(requestId: string): string {
  return encodeSettlement(settlementFor(requestId));
}

function setUp() {
  const world = smallStore();
  const progress: number[] = [];
  let ids = 0;
  const settler = new Settler({
    store: world.store,
    clock: world.clock,
    shards: 4,
    deadlineMs: 3_000,
    randomId: () => {
      ids += 1;
      return `outbox-${ids}`;
    },
    keepElsewhere: async () => {
      throw new Error("a replay keeps nothing elsewhere");
    },
  });
  const replay = (lines: readonly string[], now = new Date(world.clock.nowMs())) =>
    replayRecords(recordsOf(lines), {
      now,
      settle: (settlement) => settler.settleAlone(settlement),
      onProgress: ({ read }) => progress.push(read),
    });
  return { world, replay, progress, settlementOf: settlementFor };
}

async function* recordsOf(lines: readonly string[]): AsyncGenerator<LogRecord> {
  for (const [index, text] of lines.entries()) yield { line: index + 1, text };
}
