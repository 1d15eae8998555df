import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { decodeSettlement, encodeSettlement } from "./overflow.ts";
import type { Settlement } from "./settle.ts";
import { settlement } from "./testing/arbitrary-settlement.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";
import type { WindowMove } from "./window-move.ts";

const STARTED_MS = Date.parse("2026-11-22T13:59:00Z");
const hold = sampleHold({ requestId: "r1", nonce: "n1", startedAtMs: STARTED_MS });
const SAMPLE: Settlement = {
  entries: [sampleDraft(hold, { input: 10, output: 5 })],
  holdId: hold.holdId,
  hold: { holdId: hold.holdId, version: "7", windows: [] },
};

const WINDOW: WindowMove = {
  windowId: "user:alice:usd:month_2026-11",
  budgetId: "user:alice:usd:month",
  scope: "user",
  scopeId: "alice",
  userId: "alice",
  unit: "usd",
  window: "month",
  period: "2026-11",
  mover: "settle",
  reserved: 4_000,
  since: new Date("2026-11-01T00:00:00Z"),
  expireAt: null,
};

describe("a settlement on its way round", () => {
  it("comes out exactly as it went in, whatever clients and providers have said", () => {
    fc.assert(
      fc.property(settlement, (given) => {
        expect(decodeSettlement(encodeSettlement(given))).toStrictEqual({ settlement: given });
      }),
      { numRuns: 300 },
    );
  });

  it("keeps what a hold has reserved, so that whoever settles it can give that back", () => {
    const given = { ...SAMPLE, hold: { holdId: hold.holdId, version: "7", windows: [WINDOW] } };
    expect(decodeSettlement(encodeSettlement(given))).toStrictEqual({ settlement: given });
  });

  it("is JSON that people can read, with instants as ISO strings", () => {
    const wire = JSON.parse(encodeSettlement(SAMPLE));
    expect(wire).toMatchObject({
      schemaVersion: 1,
      holdId: hold.holdId,
      hold: { version: "7" },
      entries: [{ nonce: "n1", startedAt: "2026-11-22T13:59:00.000Z", costNanoUsd: 30_000 }],
    });
  });
});

describe("what is not taken for a settlement", () => {
  it.each([
    ["no text", "", "it is not JSON"],
    ["half a line", encodeSettlement(SAMPLE).slice(0, -10), "it is not JSON"],
    ["a number", "7", "no settlement"],
    ["null", "null", "no settlement"],
    ["an empty object", "{}", "schemaVersion"],
    ["no entries", changed({ entries: [] }), "entries"],
    ["a later version", changed({ schemaVersion: 2 }), "it has schemaVersion 2, not 1"],
    ["a field that nobody knows", changed({ extra: 1 }), "extra"],
  ])("%s", (_what, text, problem) => {
    expect(decodeSettlement(text)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it.each([
    ["a cost that is no integer", { costNanoUsd: 1.5 }, "costNanoUsd"],
    ["a cost beyond 2^53", { costNanoUsd: 2 ** 53 }, "costNanoUsd"],
    ["a negative count", { inputTokens: -1 }, "inputTokens"],
    ["a cost that is not the sum of its parts", { inputCostNanoUsd: 1 }, "sum of its parts"],
    ["sums that are not the entry's cost", { add: { costNanoUsd: 1 } }, "what the entry costs"],
    ["sums that are not its tokens", { add: { costNanoUsd: 30_000 } }, "the entry's tokens"],
    ["a float in the sums", { add: { costNanoUsd: 30_000, calls: 0.5 } }, "add"],
    ["no nonce", { nonce: "" }, "nonce"],
    ["a date that is none", { startedAt: "yesterday" }, "startedAt"],
    ["a date as a number", { expireAt: 0 }, "expireAt"],
    ["a class of tokens that is none", { classes: { prompt: 1 } }, "classes"],
    ["an entry of another version", { schemaVersion: 2 }, "schemaVersion"],
    ["a correction", { kind: "correction" }, "kind"],
    ["a window without an id", { windows: [{}] }, "windows.0"],
    ["a window that nobody moves", { windows: [{ ...WINDOW, mover: "me" }] }, "mover"],
    ["a missing field", { userId: undefined }, "userId"],
    ["a field that entries do not have", { prompt: "Hello" }, "prompt"],
  ])("an entry with %s", (_what, fields, problem) => {
    const text = changed({ entries: [{ ...SAMPLE.entries[0], ...fields }] });
    expect(decodeSettlement(text)).toEqual({ problem: expect.stringContaining(problem) });
  });

  it("entries of two requests", () => {
    const other = { ...SAMPLE.entries[0], nonce: "n2" };
    const text = changed({ entries: [SAMPLE.entries[0], other] });
    expect(decodeSettlement(text)).toEqual({
      problem: expect.stringContaining("more than one request"),
    });
  });

  it("a hold of another request", () => {
    const text = changed({ hold: { ...SAMPLE.hold, holdId: "other" } });
    expect(decodeSettlement(text)).toEqual({
      problem: expect.stringContaining("not the one that holdId names"),
    });
  });
});

function changed(fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...JSON.parse(encodeSettlement(SAMPLE)), ...fields });
}
