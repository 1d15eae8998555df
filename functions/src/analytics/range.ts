import { invalidField } from "../core/errors.ts";
import { DAY_MS, dayOf, monthEndMs, monthOf, monthStartMs } from "../core/period.ts";

/** Half-open, in ms since the epoch. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** 13 months and a day or two: a year and the month before it. */
const MAX_REPORT_DAYS = 400;

/**
 * The range that a report is made of. One that begins at midnight and ends in an instant that is not past yet gets
 * the whole day: nothing is booked beyond now, so days can answer what would otherwise need single entries.
 * @throws TollgateError INVALID_FIELD
 */
export function reportRange({ fromMs, toMs }: Range, nowMs: number): Range {
  if (fromMs >= toMs) throw invalidField("from", "must be before to");
  if (toMs - fromMs > MAX_REPORT_DAYS * DAY_MS) {
    throw invalidField("from", `must be at most ${MAX_REPORT_DAYS} days before to`);
  }
  const isOpen = isMidnight(fromMs) && toMs >= nowMs;
  return { fromMs, toMs: isOpen ? nextMidnightMs(toMs) : toMs };
}

export function isWholeDays({ fromMs, toMs }: Range): boolean {
  return isMidnight(fromMs) && isMidnight(toMs);
}

export function isMidnight(atMs: number): boolean {
  return atMs % DAY_MS === 0;
}

/** The first instant of an instant's day. */
export function dayStartMs(atMs: number): number {
  return Date.parse(dayOf(atMs));
}

/** What of a range is compared with what before it. */
export interface Comparison {
  readonly current: Range;
  readonly previous: Range;
}

/**
 * The month to date is compared with the same number of complete days of the month before, n days with the n days
 * before them; of both only the complete days, for a day so far says nothing beside a whole one.
 * On 22 November the month to date: 1 to 21 November with 1 to 21 October.
 * @returns undefined when the range has no complete day yet
 */
export function comparisonOf(range: Range, nowMs: number): Comparison | undefined {
  const { fromMs } = range;
  const isOfDays = isWholeDays(range);
  const toMs = Math.min(range.toMs, isOfDays ? dayStartMs(nowMs) : nowMs);
  if (toMs <= fromMs) return undefined;
  const current = { fromMs, toMs };
  if (isOfDays && isMonthToDate(range, nowMs)) {
    return { current, previous: sameDaysOfMonthBefore(current) };
  }
  const backMs = isOfDays ? range.toMs - fromMs : toMs - fromMs;
  return { current, previous: { fromMs: fromMs - backMs, toMs: toMs - backMs } };
}

function isMonthToDate({ fromMs, toMs }: Range, nowMs: number): boolean {
  const month = monthOf(fromMs);
  return fromMs === monthStartMs(month) && nowMs < toMs && toMs <= monthEndMs(month);
}

/** Of a month that is shorter, all of it: 1 to 30 March with 1 to 28 February. */
function sameDaysOfMonthBefore({ fromMs, toMs }: Range): Range {
  const beforeMs = monthStartMs(monthOf(fromMs - 1));
  return { fromMs: beforeMs, toMs: Math.min(beforeMs + (toMs - fromMs), fromMs) };
}

export function isoRange({ fromMs, toMs }: Range): { from: string; to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

function nextMidnightMs(atMs: number): number {
  return Math.ceil(atMs / DAY_MS) * DAY_MS;
}
