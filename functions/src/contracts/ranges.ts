import { z } from "zod";
import { invalidField } from "../core/errors.ts";
import { DAY_MS, dayOf, monthOf, monthStartMs } from "../core/period.ts";
import { MAX_RANGE_DAYS, MAX_TRACKED_AGE_MONTHS, MAX_TRACKED_AHEAD_MS } from "./bounds.ts";

const MAX_INSTANT_CHARACTERS = 40;
const EARLIEST_MS = Date.UTC(2000, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);

/** An ISO date (its first instant, UTC) or an ISO instant with its offset; stays a string. */
export const instant = z
  .string()
  .max(MAX_INSTANT_CHARACTERS)
  .refine(isInstant, {
    error: 'must be an ISO date or instant, such as "2026-11-22" or "2026-11-22T14:03:00Z"',
  })
  .refine(isOfOurTime, { error: "must be from 2000 to 2099" });

/** Fields of every report's range; `resolveRange` makes instants of them. */
export const rangeFields = {
  from: instant.optional(),
  to: instant.optional(),
  days: z.int().min(1).max(MAX_RANGE_DAYS).optional(),
};

export interface RangeFields {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly days?: number | undefined;
}

/** Half-open, in ms since the epoch. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The range that a report is about: `from` and `to` as given; the last `days` days with today; else the month to
 * date. Without `to` it ends with today (UTC), so that what is booked while the report is made is in it.
 * @throws TollgateError INVALID_FIELD
 */
export function resolveRange(fields: RangeFields, nowMs: number): Range {
  const { from, to, days } = fields;
  if (days !== undefined && (from !== undefined || to !== undefined)) {
    throw invalidField("days", "must not be given together with from or to");
  }
  if (from === undefined && to !== undefined) throw invalidField("from", "is required with to");
  const endOfTodayMs = Date.parse(dayOf(nowMs)) + DAY_MS;
  if (days !== undefined) return { fromMs: endOfTodayMs - days * DAY_MS, toMs: endOfTodayMs };
  const fromMs = from === undefined ? monthStartMs(monthOf(nowMs)) : Date.parse(from);
  const toMs = to === undefined ? endOfTodayMs : Date.parse(to);
  if (fromMs >= toMs)
    throw invalidField("from", `must be before ${to === undefined ? "the end of today" : "to"}`);
  if (toMs - fromMs > MAX_RANGE_DAYS * DAY_MS) {
    throw invalidField("from", `must be at most ${MAX_RANGE_DAYS} days before to`);
  }
  return { fromMs, toMs };
}

/**
 * When a tracked call began: now without `at`, else from 13 months ago (on 30 April 2026 since 30 March 2025) to
 * 5 minutes ahead.
 * @throws TollgateError INVALID_FIELD
 */
export function trackedAtMs(at: string | undefined, nowMs: number): number {
  if (at === undefined) return nowMs;
  const atMs = Date.parse(at);
  if (atMs < monthsBeforeMs(nowMs, MAX_TRACKED_AGE_MONTHS)) {
    throw invalidField("at", `must be at most ${MAX_TRACKED_AGE_MONTHS} months ago`);
  }
  if (atMs > nowMs + MAX_TRACKED_AHEAD_MS) {
    throw invalidField("at", `must be at most ${MAX_TRACKED_AHEAD_MS / 60_000} minutes ahead`);
  }
  return atMs;
}

/** The same time of day `months` earlier; a day that month does not have becomes its last one. */
function monthsBeforeMs(nowMs: number, months: number): number {
  const now = new Date(nowMs);
  const firstMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1);
  const first = new Date(firstMs);
  const daysInMonth = new Date(
    Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0),
  ).getUTCDate();
  return firstMs + (Math.min(now.getUTCDate(), daysInMonth) - 1) * DAY_MS + (nowMs % DAY_MS);
}

function isInstant(text: string): boolean {
  return ISO_DATE.safeParse(text).success || ISO_INSTANT.safeParse(text).success;
}

const ISO_DATE = z.iso.date();
const ISO_INSTANT = z.iso.datetime({ offset: true });

/** A year beyond four digits would break every place that cuts a day out of an ISO string. */
function isOfOurTime(text: string): boolean {
  const atMs = Date.parse(text);
  return !isInstant(text) || (atMs >= EARLIEST_MS && atMs < LATEST_MS);
}
