import { worstVerdict } from "../budgets/admission.ts";
import { balancesFor } from "./admission.ts";
import { type Hold, holdKey, type LandedHold, landedHold } from "./hold.ts";
import type { Write } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import {
  type BlockedWindow,
  type FoundWindow,
  foundWindow,
  planReserve,
  windowKey,
} from "./reserve.ts";

/** What one more attempt takes besides what the hold has taken already. */
export interface Raise {
  readonly hold: LandedHold;
  readonly nonce: string;
  /** The new one, in all. */
  readonly bound: Hold["bound"];
  readonly windows: readonly BlockedWindow[];
  /** In all of each window, in their order. */
  readonly amounts: readonly number[];
}

/**
 * One try to raise a hold and what it takes of its windows, by compare and set, in one commit.
 * @returns the hold as it is now; "full" when it does not fit; "again" when others were quicker
 * @throws as `store.read` does
 */
export async function tryRaise(
  store: LedgerStore,
  raise: Raise,
  now: Date,
  deadlineMs: number,
): Promise<LandedHold | "full" | "again"> {
  const { hold, windows, amounts } = raise;
  const keys = [holdKey(hold.holdId), ...windows.map(({ move }) => windowKey(move.windowId))];
  const [stored, ...documents] = await store.read(keys, deadlineMs);
  if (stored?.fields.nonce !== raise.nonce) return "full";
  const before = landedHold(hold.holdId, stored);
  const more = windows.map(
    ({ move }, at) => (amounts[at] ?? 0) - reservedBy(before, move.windowId),
  );
  if (more.every((amount) => amount <= 0)) return before;
  const found = windows.map((window, at) => foundWindow(window, documents[at]));
  if (worstVerdict(balancesFor(raise, found, []), more).verdict !== "fits") return "full";
  const outcome = await store.commit(planRaise(raise, before, found, more, now), deadlineMs);
  if (outcome.status === "done") {
    const version = outcome.versions[0] as string;
    return { ...before, version, windows: raised(before, raise) };
  }
  return outcome.status === "refused" ? "again" : "full";
}

function planRaise(
  raise: Raise,
  before: LandedHold,
  found: readonly FoundWindow[],
  more: readonly number[],
  now: Date,
): Write[] {
  const fields = { bound: raise.bound, windows: raised(before, raise) };
  const doc = holdKey(before.holdId);
  const amounts = more.map((amount) => Math.max(amount, 0));
  return [
    { kind: "update", doc, fields, version: before.version },
    ...planReserve(found, [amounts], now),
  ];
}

function raised(before: LandedHold, { windows, amounts }: Raise): LandedHold["windows"] {
  const taken = new Map(windows.map(({ move }, at) => [move.windowId, amounts[at] ?? 0]));
  return before.windows.map((move) => ({
    ...move,
    reserved: Math.max(taken.get(move.windowId) ?? 0, move.reserved),
  }));
}

function reservedBy({ windows }: LandedHold, windowId: string): number {
  return windows.find((move) => move.windowId === windowId)?.reserved ?? 0;
}
