import { describe, expect, it } from "@jest/globals";
import type { Entry } from "../ledger/entry.ts";
import { tallyLedger } from "./ledger-tally.ts";
import type { Question } from "./question.ts";
import { memoryStore } from "./testing/memory-store.ts";
import { sampleEntry } from "./testing/sample-entries.ts";

const FROM_MS = Date.UTC(2026, 10, 1);

const SESSIONS: Question = {
  scope: { kind: "user", userId: "alice" },
  range: { fromMs: FROM_MS, toMs: FROM_MS + 31 * 86_400_000 },
  groupBy: "session",
  filters: {},
};

function entries(count: number, more: Partial<Entry> = {}): Entry[] {
  const one = sampleEntry({ n: 0, startedAt: new Date(FROM_MS), inputCostNanoUsd: 3 });
  return Array.from({ length: count }, (_, n) => ({
    ...one,
    entryId: String(n).padStart(26, "a"),
    ...more,
  }));
}

describe("a report from entries", () => {
  it("counts 20 000 of them", async () => {
    const { tally, documentsRead } = await tallyLedger(memoryStore([], entries(20_000)), SESSIONS);
    expect(tally.totals).toMatchObject({ calls: 20_000, costNanoUsd: 60_000 });
    expect(documentsRead).toBe(20_000);
  });

  it("refuses to count more, rather than count some", async () => {
    await expect(tallyLedger(memoryStore([], entries(20_001)), SESSIONS)).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      message: expect.stringContaining("more than 20000 single entries"),
    });
  });

  it("refuses a sum beyond 2^53, rather than round it", async () => {
    const dear = entries(2, { add: { calls: 1, costNanoUsd: Number.MAX_SAFE_INTEGER } });
    await expect(tallyLedger(memoryStore([], dear), SESSIONS)).rejects.toThrow(RangeError);
  });
});
