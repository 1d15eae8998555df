import { type ApplicableWindow, isBlocking, type ScopeIds } from "../budgets/applicable.ts";
import { windowExpiry } from "../budgets/budget.ts";
import type { Attribution } from "../ledger/entry.ts";
import type { BlockedWindow } from "../ledger/reserve.ts";
import type { WindowMove } from "../ledger/window-move.ts";

/** What all metered doors share: for whom, under which id, which model. */
export interface CallRequest {
  /** Proven: "user:uid". */
  readonly subject: string;
  readonly attribution: Attribution;
  /** The client's, or undefined: one is made here. */
  readonly requestId: string | undefined;
  /** "gpt-4o-mini" or "openai/gpt-4o-mini" */
  readonly model: string;
  /** What a repeat of the id must be equal to. */
  readonly payload: unknown;
}

export function scopeIdsOf(attribution: Attribution, projectId: string): ScopeIds {
  const { userId, apiKeyId, sessionId, agent, department, orgId } = attribution;
  return { userId, apiKeyId, sessionId, agent, department, orgId, projectId };
}

/** What admission needs to know of a window. */
export function blockedWindow(window: ApplicableWindow): BlockedWindow {
  const [move] = movesOf([window]);
  return { budget: window.budget, move: move as WindowMove };
}

/**
 * What hold, entry and outbox carry of the windows that apply.
 * @param reserved what an admission takes of them, by window id
 */
export function movesOf(
  windows: readonly ApplicableWindow[],
  reserved: ReadonlyMap<string, number> = new Map(),
): WindowMove[] {
  return windows.map(({ budget, windowId, scopeId, userId, period, endMs }) => ({
    windowId,
    budgetId: budget.budgetId,
    scope: budget.scope,
    scopeId,
    userId,
    unit: budget.unit,
    window: budget.window,
    period,
    mover: isBlocking({ budget }) ? "settle" : "trigger",
    reserved: reserved.get(windowId) ?? 0,
    since: budget.since,
    expireAt: windowExpiry(endMs),
  }));
}
