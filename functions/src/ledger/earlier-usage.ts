import { type BudgetScope, sessionScopeId } from "../budgets/budget.ts";
import type { EarlierUsage, NamedWindow } from "../budgets/port.ts";
import { decodeKey } from "../core/ids.ts";
import { addExact } from "../core/money.ts";
import { dayOf, periodBounds } from "../core/period.ts";
import { amountIn } from "./contributions.ts";
import type { EntryOwner, LedgerStore, SummedEntry } from "./port.ts";

/** Entries read for one window: some 20 s of reading. */
const MAX_ENTRIES = 200_000;
const FAR_AHEAD_MS = 24 * 60 * 60_000;

/** Answers from entries, for they are exact at every instant, what no trigger has seen yet included. */
export function earlierUsage(store: LedgerStore, nowMs: () => number): EarlierUsage {
  return {
    async unnamed(window, before) {
      let amount = 0;
      let read = 0;
      const fromDay = firstDayOf(window);
      for await (const page of store.entriesOf(ownerOf(window), fromDay, before)) {
        read += page.length;
        for (const entry of page.filter((each) => belongsTo(window, each))) {
          amount = addExact(amount, amountIn(window.unit, entry.add), "unnamed");
        }
        if (read >= MAX_ENTRIES) return { amount, isWhole: false };
      }
      return { amount, isWhole: true };
    },

    async oldestOpenCall() {
      const everExpiring = new Date(nowMs() + FAR_AHEAD_MS);
      const { items } = await store.expiredHolds(everExpiring, 1, undefined);
      return items[0]?.value.startedAt;
    },
  };
}

function belongsTo(window: NamedWindow, entry: SummedEntry): boolean {
  if (entry.windows.some(({ windowId }) => windowId === window.windowId)) return false;
  if (!isBookedIn(window, entry.day)) return false;
  if (window.scope !== "session") return true;
  const { userId, sessionId } = entry;
  return sessionId !== null && sessionScopeId(userId, sessionId) === window.scopeId;
}

function isBookedIn({ window, period }: NamedWindow, day: string): boolean {
  return window === "lifetime" || day.startsWith(period);
}

function firstDayOf({ window, period }: NamedWindow): string | undefined {
  return window === "lifetime" ? undefined : dayOf(periodBounds(window, period).startMs);
}

/** Sessions whose id is so long that its key is a hash are found among all entries of their user. */
function ownerOf({ scope, scopeId, userId }: NamedWindow): EntryOwner {
  if (scope === "project") return { scope, ids: [] };
  if (scope !== "session") return { scope, ids: [scopeId] };
  const user = userId ?? decodeKey(scopeId.slice(0, scopeId.indexOf("_")));
  const sessionKey = scopeId.slice(scopeId.indexOf("_") + 1);
  return sessionKey.startsWith("%hash-")
    ? { scope: "user" satisfies BudgetScope, ids: [user] }
    : { scope, ids: [user, decodeKey(sessionKey)] };
}
