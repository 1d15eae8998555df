import { describe, expect, it } from "@jest/globals";
import { prove, sumOfTotals } from "../../tools/demo/proof.ts";
import { documentOf, isGood, type Results } from "../../tools/demo/results.ts";
import { tallyOf } from "../../tools/demo/traffic.ts";
import { entry, record, totals } from "./fixtures.ts";

const surprise = {
  user: "maya@example.com",
  sessionId: "s1",
  model: "gpt-4o-mini",
  failure: "functions/internal",
  mustFail: false,
};

function results(fields: Partial<Results> = {}): Results {
  return {
    simulated: true,
    readyMs: 9_800.4,
    sentMs: 12_000.6,
    tally: tallyOf([]),
    everyone: [],
    usage: { groups: [] },
    topUsers: { items: [] },
    alerts: [],
    budgets: [],
    proof: prove([entry()], [sumOfTotals("days", totals())], [record()]),
    ...fields,
  } as unknown as Results;
}

describe("a run", () => {
  it("is good when the sums agree", () => {
    expect(isGood(results())).toBe(true);
  });

  it("is not when they do not", () => {
    const proof = prove([entry({ costNanoUsd: 1 })], [], [record()]);
    expect(isGood(results({ proof }))).toBe(false);
  });

  it("is not when a simulated call went otherwise than its sample says", () => {
    expect(isGood(results({ tally: tallyOf([surprise]) }))).toBe(false);
  });

  it("may have failures of a real provider, whose moods nobody foresees", () => {
    expect(isGood(results({ simulated: false, tally: tallyOf([surprise]) }))).toBe(true);
  });
});

describe("the document of a run", () => {
  it("holds nothing that JSON cannot, and every sum to the nano-dollar", () => {
    const read = JSON.parse(JSON.stringify(documentOf(results())));
    expect(read).toMatchObject({ ok: true, readyMs: 9_800, sentMs: 12_001 });
    expect(read.proof).toEqual({
      ledger: { calls: 1, tokens: 1_290, nanoUsd: "155400", usd: "0.0001554" },
      aggregates: [{ name: "days", calls: 1, tokens: 1_290, nanoUsd: "155400", usd: "0.0001554" }],
      billed: { calls: 1, tokens: 1_290, nanoUsd: "155400", usd: "0.0001554" },
      estimated: {
        ours: { calls: 0, tokens: 0, nanoUsd: "0", usd: "0.00" },
        billed: { calls: 0, tokens: 0, nanoUsd: "0", usd: "0.00" },
        because: {},
      },
      problems: [],
    });
  });

  it("says nothing of a bill that nobody showed", () => {
    const proof = prove([entry()], [], undefined);
    const read = documentOf(results({ simulated: false, proof }));
    expect(read.proof).not.toHaveProperty("billed");
    expect(read.proof.estimated).not.toHaveProperty("billed");
  });
});
