import type { Clock } from "../core/clock.ts";
import { GroupCommit } from "../core/group-commit.ts";
import type { BudgetWindow } from "./alert.ts";

type Found = readonly (BudgetWindow | undefined)[];

/** Calls per read. */
const MAX_CALLS = 100;
const SLOW_AFTER_MS = 300;
const MAX_IN_FLIGHT = 4;

/**
 * Reads of windows that share a question: calls that come while one is being read are answered by the next, in which
 * each window is read once. Nobody is answered by a read that began before he asked.
 */
export function groupedWindows(
  read: (windowIds: readonly string[]) => Promise<Found>,
  clock: Clock,
): (windowIds: readonly string[]) => Promise<Found> {
  const group = new GroupCommit<readonly string[], Found>({
    async commit(asked) {
      const distinct = [...new Set(asked.flat())];
      const found = await read(distinct);
      const byId = new Map(distinct.map((windowId, index) => [windowId, found[index]]));
      return asked.map((windowIds) => windowIds.map((windowId) => byId.get(windowId)));
    },
    clock,
    maxItems: MAX_CALLS,
    slowAfterMs: SLOW_AFTER_MS,
    maxInFlight: MAX_IN_FLIGHT,
  });
  return (windowIds) => group.add(windowIds);
}
