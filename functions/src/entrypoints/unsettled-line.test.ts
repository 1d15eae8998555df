import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { BUDGET_SCOPES, BUDGET_UNITS, budgetIdOf } from "../budgets/budget.ts";
import { encodeKey, hashId } from "../core/ids.ts";
import { WINDOWS } from "../core/period.ts";
import { decodeSettlement, encodeSettlement } from "../ledger/overflow.ts";
import type { Settlement } from "../ledger/settle.ts";
import { sampleDraft, sampleHold } from "../ledger/testing/sample-call.ts";
import type { WindowMove } from "../ledger/window-move.ts";
import { jsonIn, unsettledFields, unsettledIn } from "./unsettled-line.ts";

const MAX_LOG_ENTRY_BYTES = 256 * 1_024;
const MAX_MESSAGE_BYTES = 10_000_000;
const MAX_ATTEMPTS = 4;

describe("the line of an unsettled request", () => {
  it("holds the text as it is, readable", () => {
    expect(unsettledFields('{"entries":[]}')).toEqual({ unsettled: '{"entries":[]}' });
  });

  it("holds the biggest settlement there can be, which Pub/Sub takes too", () => {
    const text = encodeSettlement(biggest());
    const line = JSON.stringify({ severity: "ERROR", ...unsettledFields(text) });
    expect(decodeSettlement(text)).toHaveProperty("settlement");
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_MESSAGE_BYTES / 10);
    expect(Buffer.byteLength(text)).toBeGreaterThan(MAX_LOG_ENTRY_BYTES);
    expect(Buffer.byteLength(line)).toBeLessThan(MAX_LOG_ENTRY_BYTES);
    expect(unsettledIn(JSON.parse(line))).toBe(text);
  });
});

describe("unsettledIn", () => {
  const text = '{"schemaVersion":1,"entries":[]}';
  const line = JSON.stringify({ severity: "ERROR", message: "m", unsettled: text });

  it.each<[string, unknown]>([
    ["a line of the functions", JSON.parse(line)],
    ["an entry of Cloud Logging", { insertId: "1", jsonPayload: JSON.parse(line) }],
    ["an entry that Cloud Logging has as text", { textPayload: `chat: ${line}` }],
    ["the settlement itself", JSON.parse(text)],
    ["a message", { ackId: "1", message: { data: Buffer.from(text).toString("base64") } }],
  ])("finds it in %s", (_what, record) => {
    expect(unsettledIn(record)).toBe(text);
  });

  it.each([
    undefined,
    null,
    7,
    "text",
    {},
    { message: "Unexpected error" },
    { jsonPayload: { unsettled: 7 } },
    { textPayload: "started" },
  ])("finds none in %j", (record) => {
    expect(unsettledIn(record)).toBeUndefined();
  });

  it("throws for what was compressed and is damaged", () => {
    expect(() => unsettledIn({ unsettledGzip: "H4sIAAAA" })).toThrow();
  });
});

describe("jsonIn", () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['>  {"a":1}', { a: 1 }],
    ["plain", undefined],
    ["at f() {", undefined],
  ])("takes %j for %j", (line, value) => {
    expect(jsonIn(line)).toEqual(value);
  });
});

/** Every scope, unit and window has a budget; every text is as long as it may be, and of the costliest characters. */
function biggest(): Settlement {
  const hold = sampleHold({
    requestId: longest(128),
    nonce: hashId("n"),
    startedAtMs: Date.parse("2026-11-22T14:00:00Z"),
    attribution: {
      userId: longest(128),
      orgId: longest(128),
      department: longest(128),
      apiKeyId: longest(128),
      sessionId: longest(128),
      agent: longest(128),
      phase: longest(128),
      operation: longest(128),
      tags: Array.from({ length: 10 }, () => longest(40)),
      metadata: Object.fromEntries(
        Array.from({ length: 10 }, () => [encodeKey(longest(16)), longest(100)]),
      ),
    },
    windows: allWindows(),
  });
  const rawUsage = { text: randomBytes(16_000).toString("utf16le").toWellFormed().slice(0, 8_000) };
  const classes = { input: 1_000_000, cacheRead: 1_000_000, output: 1_000_000 };
  const entries = Array.from({ length: MAX_ATTEMPTS }, (_, n) =>
    sampleDraft(hold, classes, { attempt: n + 1, entryId: hashId("e", n), rawUsage }),
  );
  return {
    entries,
    holdId: hold.holdId,
    hold: { holdId: hold.holdId, version: "1", windows: hold.windows },
  };
}

function allWindows(): WindowMove[] {
  return BUDGET_SCOPES.flatMap((scope) => {
    const scopeId = longest(128);
    const key = scope === "session" ? "s".repeat(401) : "k".repeat(200);
    return BUDGET_UNITS.flatMap((unit) =>
      WINDOWS.map((window): WindowMove => {
        const budgetId = budgetIdOf(scope, key, unit, window);
        const period = "2026-11-22T14:00";
        return {
          windowId: `${budgetId}_${period}`,
          budgetId,
          scope,
          scopeId,
          userId: scopeId,
          unit,
          window,
          period,
          mover: "settle",
          reserved: Number.MAX_SAFE_INTEGER,
          since: new Date("2026-11-01T00:00:00Z"),
          expireAt: new Date("2027-12-27T00:00:00Z"),
        };
      }),
    );
  });
}

/** Random characters of 4 bytes each, which no compression makes small. */
function longest(characters: number): string {
  return String.fromCodePoint(
    ...Array.from(
      { length: characters },
      () => 0x1_0000 + (randomBytes(2).readUInt16LE() % 0xffff),
    ),
  );
}
