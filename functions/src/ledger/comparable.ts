import {
  BUDGET_SCOPES,
  BUDGET_UNITS,
  type BudgetScope,
  type BudgetUnit,
} from "../budgets/budget.ts";
import { decodeKey } from "../core/ids.ts";
import { DAY_MS, dayOf, monthEndMs, periodBounds, WINDOWS } from "../core/period.ts";
import type { ComparedCollection, EntrySlice } from "./compare-port.ts";
import type { Fields } from "./plan.ts";

/** Bookings are late from 7 days on and go to the day that they are made; the eighth is for clocks and for overflow. */
const SEALED_AFTER_MS = 8 * DAY_MS;
/** Minutes have no sum of their own in the ledger and decide about nothing once they are over. */
const MINUTE_SEALED_AFTER_MS = DAY_MS;
/** The shortest retention that entries were ever written with: those of a younger session are all there. */
const SESSION_SEALED_AFTER_MS = 35 * DAY_MS;
const FIRST_DAY = "0000";
const NO_DAY = "9999";

/** A document that can be compared with the ledger, and the entries that it is about. */
export interface Comparable {
  readonly collection: ComparedCollection;
  readonly id: string;
  /** The entries that it holds, as far as the store can sum them; undefined: it cannot. */
  readonly summed: EntrySlice | undefined;
  /** Entries among which all are that it holds. */
  readonly folded: EntrySlice;
  /** For windows. */
  readonly unit: BudgetUnit | undefined;
  /** When it is sealed; undefined: a session's first call says so. */
  readonly sealedMs: number | undefined;
}

/**
 * What a document is about, from its id, for a field may be what is wrong with it; undefined for a lifetime, which
 * outlives its entries. Ids that are hashed in part are told by the fields.
 * @throws RangeError when neither says it
 */
export function comparableOf(
  collection: ComparedCollection,
  id: string,
  fields: Fields | undefined,
): Comparable | undefined {
  const key = { collection, id, unit: undefined };
  const [head, tail] = splitAtLast(id);
  switch (collection) {
    case "usage_monthly": {
      const slice = daysOf("user", [named(head, fields?.userId)], ...monthDays(tail));
      return { ...key, summed: slice, folded: slice, sealedMs: monthEndMs(tail) + SEALED_AFTER_MS };
    }
    case "usage_daily": {
      const dayMs = Date.parse(tail);
      const slice = daysOf("shard", [Number(head)], tail, dayOf(dayMs + DAY_MS));
      return { ...key, summed: slice, folded: slice, sealedMs: dayMs + DAY_MS + SEALED_AFTER_MS };
    }
    case "usage_sessions": {
      const values = [named(head, fields?.userId), named(tail, fields?.sessionId)];
      const slice = daysOf("session", values, FIRST_DAY, NO_DAY);
      return { ...key, summed: slice, folded: slice, sealedMs: undefined };
    }
    case "budget_windows":
      return windowComparable(id, fields);
    default:
      return collection satisfies never;
  }
}

/** Sealed documents are neither compared nor rebuilt: not all of what they hold need be in the ledger any more. */
export function isSealed(
  { sealedMs }: Comparable,
  stored: Fields | undefined,
  nowMs: number,
): boolean {
  if (sealedMs !== undefined) return nowMs >= sealedMs;
  const firstAtMs = stored?.firstAtMs;
  return typeof firstAtMs === "number" && nowMs >= firstAtMs + SESSION_SEALED_AFTER_MS;
}

/** "user:alice:usd:month_2026-11", "session:alice_s1:usd:day_2026-11-22" */
function windowComparable(id: string, fields: Fields | undefined): Comparable | undefined {
  const [budgetId, period] = splitAtLast(id);
  const [scope, scopeKey = "", unit, window] = budgetId.split(":");
  if (!isOneOf(BUDGET_SCOPES, scope) || !isOneOf(BUDGET_UNITS, unit) || !isOneOf(WINDOWS, window)) {
    throw new RangeError(`budget_windows/${id} is not named like a window`);
  }
  const { startMs, endMs } = periodBounds(window, period);
  if (endMs === undefined) return undefined;
  const lead =
    scope === "session" ? sessionLead(scopeKey, fields) : scopeLead(scope, scopeKey, fields);
  const fromDay = dayOf(startMs);
  const key = { collection: "budget_windows" as const, id, unit };
  if (window === "minute") {
    const folded: EntrySlice = {
      ...lead,
      fromDay,
      beforeDay: dayOf(startMs + DAY_MS),
      startedMs: [startMs, endMs],
    };
    return { ...key, summed: undefined, folded, sealedMs: endMs + MINUTE_SEALED_AFTER_MS };
  }
  return {
    ...key,
    summed: { ...lead, fromDay, beforeDay: dayOf(endMs) },
    folded: { ...lead, fromDay, beforeDay: NO_DAY }, // late bookings move the window of their start
    sealedMs: endMs + SEALED_AFTER_MS,
  };
}

type Lead = Pick<EntrySlice, "lead" | "values">;

function scopeLead(scope: BudgetScope, scopeKey: string, fields: Fields | undefined): Lead {
  return { lead: scope, values: scope === "project" ? [] : [named(scopeKey, fields?.scopeId)] };
}

/** Sessions whose id is so long that its key is a hash are found among all entries of their user. */
function sessionLead(scopeKey: string, fields: Fields | undefined): Lead {
  const [userKey, sessionKey] = splitAtLast(scopeKey);
  const userId = named(userKey, fields?.userId);
  return sessionKey.startsWith("%hash-")
    ? { lead: "user", values: [userId] }
    : { lead: "session", values: [userId, decodeKey(sessionKey)] };
}

function named(key: string, field: unknown): string {
  if (!key.startsWith("%hash-")) return decodeKey(key);
  if (typeof field !== "string") throw new RangeError(`nothing says what ${key} stands for`);
  return field;
}

function daysOf(
  lead: EntrySlice["lead"],
  values: EntrySlice["values"],
  fromDay: string,
  beforeDay: string,
): EntrySlice {
  return { lead, values, fromDay, beforeDay };
}

function monthDays(month: string): [fromDay: string, beforeDay: string] {
  return [`${month}-01`, dayOf(monthEndMs(month))];
}

function splitAtLast(id: string): [head: string, tail: string] {
  const at = id.lastIndexOf("_");
  return [id.slice(0, at), id.slice(at + 1)];
}

function isOneOf<T extends string>(names: readonly T[], name: string | undefined): name is T {
  return (names as readonly (string | undefined)[]).includes(name);
}
