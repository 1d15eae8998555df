import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import { foundWindow, planRelease, planReserve, planWindows } from "./reserve.ts";
import { sampleAdmission } from "./testing/sample-admission.ts";
import type { WindowMove } from "./window-move.ts";

const NOW = new Date("2026-11-22T14:00:00Z");
const WINDOW_ID = "user:alice:usd:month_2026-11";
const doc = { collection: "budget_windows", id: WINDOW_ID };
const request = sampleAdmission({
  requestId: "r1",
  nonce: "n1",
  startedAtMs: NOW.getTime(),
  budgets: [sampleBudget({ enforcement: "block" }), sampleBudget({ unit: "tokens" })],
});
const [window] = request.windows;
const { windows } = request.holdFor(250, [1_000_000]);
const identity = {
  budgetId: "user:*:usd:month",
  scope: "user",
  scopeId: "alice",
  userId: "alice",
  unit: "usd",
  window: "month",
  period: "2026-11",
  since: window?.budget.since,
  expireAt: windows[0]?.expireAt,
  updatedAt: NOW,
};

describe("planReserve", () => {
  it("creates a window that is not there, so that only one creates it", () => {
    expect(plan(undefined, [[100], [200]])).toEqual([
      { kind: "create", doc, fields: { ...identity, spent: 0, held: 300 } },
    ]);
  });

  it("raises what is held of one that is, as of the version that was read", () => {
    expect(plan({ fields: { spent: 7, held: 3 }, version: "9" }, [[100]])).toEqual([
      { kind: "update", doc, fields: identity, add: { held: 100 }, version: "9" },
    ]);
  });

  it("refuses amounts that are no counts", () => {
    expect(() => plan(undefined, [[-1]])).toThrow("reserved");
    expect(() => plan(undefined, [[0.5]])).toThrow("reserved");
  });
});

describe("planWindows", () => {
  const entry = { windows, add: { costNanoUsd: 600, totalTokens: 20, requests: 1 } };

  it("adds what was spent and gives back what was reserved, once per window", () => {
    const release = { windows };
    expect(planWindows([entry, entry], [release], NOW)).toEqual([
      { kind: "add", doc, set: identity, add: { spent: 1_200, held: -1_000_000 } },
    ]);
  });

  it("leaves the windows of alerts to the trigger", () => {
    const alerts = windows.filter(({ mover }) => mover === "trigger");
    expect(alerts).toHaveLength(1);
    expect(planWindows([{ ...entry, windows: alerts }], [{ windows: alerts }], NOW)).toEqual([]);
  });

  it("writes nothing where nothing moves", () => {
    expect(planWindows([{ windows, add: {} }], [{ windows: unreserved(windows) }], NOW)).toEqual(
      [],
    );
  });

  it("moves spent only when the hold was none of an admission's", () => {
    expect(planWindows([entry], [{ windows: unreserved(windows) }], NOW)).toMatchObject([
      { add: { spent: 600 } },
    ]);
  });
});

describe("planRelease", () => {
  it("deletes the hold as it was read and gives back in the same commit", () => {
    const writes = planRelease([{ holdId: "h1", version: "7", windows }], NOW);
    expect(writes).toEqual([
      { kind: "delete", doc: { collection: "usage_holds", id: "h1" }, version: "7" },
      { kind: "add", doc, set: identity, add: { held: -1_000_000 } },
    ]);
  });
});

function plan(
  snapshot: Parameters<typeof foundWindow>[1],
  reserved: readonly (readonly number[])[],
) {
  if (!window) throw new Error("no window blocks");
  return planReserve([foundWindow(window, snapshot)], reserved, NOW);
}

function unreserved(moves: readonly WindowMove[]): WindowMove[] {
  return moves.map((move) => ({ ...move, reserved: 0 }));
}
