import type { BudgetWindow } from "../budgets/alert.ts";
import type { Budget } from "../budgets/budget.ts";
import { assertCount, assertSafeInteger } from "../core/money.ts";
import { amountIn } from "./contributions.ts";
import { holdKey, type LandedHold } from "./hold.ts";
import {
  type Counters,
  type DocumentKey,
  type Fields,
  type Snapshot,
  type Version,
  type Write,
  withoutZeros,
} from "./plan.ts";
import { isSettled, type WindowMove } from "./window-move.ts";

/** A window that admission must not take above its limit, as a call found its budget. */
export interface BlockedWindow {
  readonly budget: Budget;
  /** What the window's document says of itself. */
  readonly move: Omit<WindowMove, "reserved">;
}

/** A window's document as it was read, or as it will begin. */
export interface FoundWindow {
  readonly window: BlockedWindow;
  readonly stored: BudgetWindow;
  /** undefined: it is not there yet. */
  readonly version: Version | undefined;
}

export function foundWindow(window: BlockedWindow, snapshot: Snapshot | undefined): FoundWindow {
  const { mover: _mover, ...identity } = window.move;
  const stored: BudgetWindow = { ...identity, spent: 0, held: 0, ...snapshot?.fields };
  assertSafeInteger(stored.spent, "spent");
  assertSafeInteger(stored.held, "held");
  return { window, stored, version: snapshot?.version };
}

export function windowKey(windowId: string): DocumentKey {
  return { collection: "budget_windows", id: windowId };
}

/** Raises what is held, each window by compare and set; `reserved` stands in the order of the windows. */
export function planReserve(
  found: readonly FoundWindow[],
  reserved: readonly (readonly number[])[],
  now: Date,
): Write[] {
  return found.map(({ window, stored, version }, index): Write => {
    const doc = windowKey(window.move.windowId);
    const fields = { ...identityOf(window.move), updatedAt: now };
    const held = reserved.reduce(
      (sum, amounts) => sum + assertCount(amounts[index] ?? 0, "reserved"),
      0,
    );
    return version === undefined
      ? { kind: "create", doc, fields: { ...fields, spent: stored.spent, held } }
      : { kind: "update", doc, fields, add: { held }, version };
  });
}

/** Deletes holds and gives back what they reserved, in one commit. */
export function planRelease(holds: readonly LandedHold[], now: Date): Write[] {
  return [...planHoldsEnd(holds), ...planWindows([], holds, now)];
}

/** The delete that a hold's giving back depends on. */
export function planHoldsEnd(holds: readonly LandedHold[]): Write[] {
  return holds.map(({ holdId, version }) => ({ kind: "delete", doc: holdKey(holdId), version }));
}

/** What settling adds to `block` windows: spent by entries, and given back by the holds that the same commit deletes. */
export function planWindows(
  entries: readonly { readonly windows: readonly WindowMove[]; readonly add: Counters }[],
  released: readonly Pick<LandedHold, "windows">[],
  now: Date,
): Write[] {
  const moved = new Map<string, { readonly move: WindowMove; spent: number; held: number }>();
  const at = (move: WindowMove) => {
    const sums = moved.get(move.windowId) ?? { move, spent: 0, held: 0 };
    moved.set(move.windowId, sums);
    return sums;
  };
  for (const { windows, add } of entries) {
    for (const move of windows.filter(isSettled)) at(move).spent += amountIn(move.unit, add);
  }
  for (const { windows } of released) {
    for (const move of windows.filter(isSettled)) at(move).held -= move.reserved;
  }
  return [...moved.values()].flatMap(({ move, spent, held }): Write[] => {
    const add = withoutZeros({ spent, held });
    if (Object.keys(add).length === 0) return [];
    const set = { ...identityOf(move), updatedAt: now };
    return [{ kind: "add", doc: windowKey(move.windowId), set, add }];
  });
}

/** What a window's document says besides its amounts. */
function identityOf(move: Omit<WindowMove, "reserved">): Fields {
  const { windowId, mover, reserved, ...identity } = { reserved: 0, ...move };
  return identity;
}
