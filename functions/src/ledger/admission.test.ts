import { describe, expect, it } from "@jest/globals";
import type { Budget } from "../budgets/budget.ts";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { type AdmissionRequest, decideBatch } from "./admission.ts";
import { foundWindow } from "./reserve.ts";
import { type SampleAdmission, sampleAdmission } from "./testing/sample-admission.ts";

const NOW_MS = Date.parse("2026-11-22T14:00:00Z");

describe("decideBatch", () => {
  it("decides each on what those before it have left", () => {
    const budget = block({ limit: 2_500_000 });
    const rulings = decide([budget], [{}, {}, {}]);
    expect(rulings.map(({ status }) => status)).toEqual(["admit", "admit", "wait"]);
    expect(rulings[2]).toMatchObject({
      refusal: { balance: { limit: 2_500_000, spent: 0, held: 2_000_000 }, amount: 1_000_000 },
    });
  });

  it("goes on with those behind one that does not fit", () => {
    const rulings = decide([block({ limit: 1_000_000 })], [{ output: [251, 251] }, {}]);
    expect(rulings.map(({ status }) => status)).toEqual(["refuse", "admit"]);
  });

  it("gives output without a limit what is left, down to the least that is of use", () => {
    const budget = block({ limit: 5_000_000 });
    const rulings = decide([budget], [{ output: [256, 1_000] }, { output: [250, 1_000] }]);
    expect(rulings).toMatchObject([
      { status: "admit", outputTokens: 1_000, reserved: [4_000_000] },
      { status: "admit", outputTokens: 250, reserved: [1_000_000] },
    ]);
  });

  it("takes from windows of every unit, and puts into the hold what it takes", () => {
    const budgets = [
      block({ unit: "requests", window: "minute", limit: 60 }),
      block({ unit: "tokens", window: "day", limit: 10_000 }),
      block({ limit: 5_000_000 }),
    ];
    const [ruling] = decide(budgets, [{ inputTokens: 50 }]);
    if (ruling?.status !== "admit") throw new Error("it was refused");
    const reserved = ruling.hold.windows.map(({ unit, reserved }) => [unit, reserved]);
    expect(Object.fromEntries(reserved)).toEqual({ requests: 1, tokens: 300, usd: 1_050_000 });
  });

  it("refuses for the window that will never take it rather than for one that may soon", () => {
    const busy = block({ limit: 1_000_000 });
    const small = block({ unit: "tokens", limit: 249 });
    const [ruling] = decide([busy, small], [{}], { held: 900_000 });
    expect(ruling).toMatchObject({
      status: "refuse",
      refusal: { window: { budget: { unit: "tokens" } }, amount: 250 },
    });
  });

  it("holds each to the limit that it was begun with", () => {
    const before = sampleRequest([block({ limit: 1_000_000 })], {}, 0);
    const raised = sampleRequest([block({ limit: 2_000_000 })], {}, 1);
    const found = before.windows.map((window) => foundWindow(window, undefined));
    const rulings = decideBatch(
      [before, sampleRequest([block({ limit: 1_000_000 })], {}, 2), raised],
      found,
    );
    expect(rulings.map(({ status }) => status)).toEqual(["admit", "wait", "admit"]);
  });
});

function block(more: Partial<Budget>): Budget {
  return sampleBudget({ enforcement: "block", ...more });
}

/** Requests of 250 output tokens at 4 dollars per million, 1 000 000 nanoUSD, unless told otherwise. */
function decide(
  budgets: readonly Budget[],
  calls: readonly Partial<SampleAdmission>[],
  stored: { readonly held?: number } = {},
) {
  const batch = calls.map((call, index) => sampleRequest(budgets, call, index));
  const windows = (batch[0] as AdmissionRequest).windows;
  const found = windows.map((window) =>
    foundWindow(
      window,
      window.budget.unit === "usd" ? { version: "1", fields: { ...stored } } : undefined,
    ),
  );
  return decideBatch(batch, found);
}

function sampleRequest(
  budgets: readonly Budget[],
  call: Partial<SampleAdmission>,
  index: number,
): AdmissionRequest {
  const requestId = `r${index}`;
  return sampleAdmission({ requestId, nonce: `n${index}`, startedAtMs: NOW_MS, budgets, ...call });
}
