import { describe, expect, it } from "@jest/globals";
import { prove, sumOfTotals } from "../../tools/demo/proof.ts";
import { proofLines } from "../../tools/demo/proof-lines.ts";
import { colors, entry, record, totals, usage } from "./fixtures.ts";

const estimatedEntry = entry({
  entryId: "e2",
  providerRequestId: "req_2",
  totalTokens: 30,
  costNanoUsd: 9_000,
  usageStatus: "estimated",
  estimatedBecause: "usage_missing",
});
/** 10 tokens in, 10 out: 7 500 nanoUSD. */
const estimatedRecord = record({ seq: 2, requestIdHeader: "req_2", usage: usage(10, 0, 10) });

const days = (fields = {}) => sumOfTotals("days", totals(fields));

describe("the proof", () => {
  it("agrees when ledger, aggregates and records are the same", () => {
    expect(prove([entry()], [days()], [record()])).toEqual({
      ledger: { calls: 1, tokens: 1_290, nanoUsd: 155_400n },
      aggregates: [{ name: "days", calls: 1, tokens: 1_290, nanoUsd: 155_400n }],
      billed: { calls: 1, tokens: 1_290, nanoUsd: 155_400n },
      estimated: {
        ours: { calls: 0, tokens: 0, nanoUsd: 0n },
        billed: { calls: 0, tokens: 0, nanoUsd: 0n },
        because: new Map(),
      },
      problems: [],
    });
  });

  it.each([
    ["a nano-dollar", { costNanoUsd: 155_401 }],
    ["a token", { totalTokens: 1_291 }],
    ["a call", { calls: 2 }],
  ])("does not agree when an aggregate is off by %s", (_, fields) => {
    expect(prove([entry()], [days(), days(fields)], [record()]).problems).toEqual([
      expect.stringMatching(/^days: .*, but the ledger 1 calls, 1290 tokens, 155400 nanoUSD$/),
    ]);
  });

  it("does not agree when two wrong entries make a right sum", () => {
    const entries = [
      entry({ costNanoUsd: 155_401 }),
      entry({ entryId: "e2", providerRequestId: "req_2", costNanoUsd: 155_399 }),
    ];
    const records = [record(), record({ seq: 2, requestIdHeader: "req_2" })];
    const both = days({ calls: 2, totalTokens: 2_580, costNanoUsd: 310_800 });
    const { ledger, billed, problems } = prove(entries, [both], records);
    expect(ledger).toEqual(billed);
    expect(problems).toEqual([
      expect.stringContaining("entry e1: 1 calls, 1290 tokens, 155401 nanoUSD, but the model"),
      expect.stringContaining("entry e2: 1 calls, 1290 tokens, 155399 nanoUSD, but the model"),
    ]);
  });

  it("does not agree when the ledger lacks a call that was billed", () => {
    const { problems } = prove([entry()], [days()], [record(), estimatedRecord]);
    expect(problems).toEqual(["record 2 (gpt-4o-mini): the ledger has no entry"]);
  });

  it("does not agree when the ledger has a call that the model never saw", () => {
    const { problems } = prove([entry({ providerRequestId: null })], [days()], []);
    expect(problems).toEqual(["entry e1: the model has no record of this call"]);
  });

  it("does not agree when a model has no independent price", () => {
    const { problems } = prove([entry()], [days()], [record({ modelRequested: "gpt-99" })]);
    expect(problems).toContain("tools/demo/price-table.ts has no price of gpt-99");
  });

  it("takes a call that failed before anything was billed for one that cost nothing", () => {
    const failed = entry({ totalTokens: 0, costNanoUsd: 0 });
    const refused = record({ usage: null, outcome: "fault", status: 500 });
    const nothing = days({ totalTokens: 0, costNanoUsd: 0 });
    expect(prove([failed], [nothing], [refused]).problems).toEqual([]);
  });

  it("keeps estimates apart: in ledger and aggregates, but not among what must be exact", () => {
    const both = days({ calls: 2, totalTokens: 1_320, costNanoUsd: 164_400 });
    const proof = prove([entry(), estimatedEntry], [both], [record(), estimatedRecord]);
    expect(proof.problems).toEqual([]);
    expect(proof.billed).toEqual({ calls: 1, tokens: 1_290, nanoUsd: 155_400n });
    expect(proof.estimated).toEqual({
      ours: { calls: 1, tokens: 30, nanoUsd: 9_000n },
      billed: { calls: 1, tokens: 20, nanoUsd: 7_500n },
      because: new Map([["usage_missing", 1]]),
    });
  });

  it("compares ledger and aggregates alone when a real provider answered", () => {
    const proof = prove([entry()], [days()], undefined);
    expect(proof.problems).toEqual([]);
    expect(proof).not.toHaveProperty("billed");
  });

  it("counts a correction's amount, but no call of it", () => {
    const correction = entry({
      entryId: "c1",
      kind: "correction",
      totalTokens: 0,
      costNanoUsd: -400,
    });
    const { ledger } = prove([entry(), correction], [], undefined);
    expect(ledger).toEqual({ calls: 1, tokens: 1_290, nanoUsd: 155_000n });
  });
});

describe("the lines of the proof", () => {
  it("end with the agreement", () => {
    const lines = proofLines(prove([entry()], [days()], [record()]), colors);
    expect(lines.at(-1)).toBe(
      "  Ledger, aggregates and the model's records agree to the nano-dollar.",
    );
    expect(lines.filter((line) => line.includes("$0.0001554"))).toHaveLength(3);
  });

  it("claim nothing of records where there were none", () => {
    const lines = proofLines(prove([entry()], [days()], undefined), colors);
    expect(lines.at(-1)).toBe("  Ledger and aggregates agree to the nano-dollar.");
  });

  it("show what was estimated, and what was billed for it", () => {
    const both = days({ calls: 2, totalTokens: 1_320, costNanoUsd: 164_400 });
    const proof = prove([entry(), estimatedEntry], [both], [record(), estimatedRecord]);
    const text = proofLines(proof, colors).join("\n");
    expect(text).toMatch(/\+ calls whose usage it did not tell +1 +30 +\$0\.000009\b/);
    expect(text).toMatch(/= both +2 +1,320 +\$0\.0001644\b/);
    expect(text).toContain("~1 estimated (1 usage_missing):");
    expect(text).toContain("$0.000009 by Tollgate, $0.0000075 billed");
  });

  it("say what differs, ten differences at most", () => {
    const entries = Array.from({ length: 12 }, (_, index) =>
      entry({ entryId: `e${index}`, costNanoUsd: 1 }),
    );
    const lines = proofLines(prove(entries, [], [record()]), colors);
    expect(lines).toContain("  The sums do not agree:");
    expect(lines.at(-1)).toBe("  - and 2 more");
    expect(lines.join("\n")).not.toContain("agree to the nano-dollar");
  });
});
