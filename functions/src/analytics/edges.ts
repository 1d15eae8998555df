import { dayOf } from "../core/period.ts";
import type { CountedEntry, EntryEdge, EntryEdges, EntryPosition } from "./port.ts";
import { isMidnight, type Range } from "./range.ts";

/**
 * A range as cuts through the order of entries, which is by the day that they are booked in and their start. Whole
 * days hold just the entries that their aggregates hold. A late booking has a day, but its start lies before that
 * day: it stands at the day's beginning.
 */
export function edgesOf({ fromMs, toMs }: Partial<Range>): EntryEdges {
  return {
    before: toMs === undefined ? undefined : edgeAt(toMs),
    from: fromMs === undefined ? undefined : edgeAt(fromMs),
  };
}

export function positionOf(
  entry: Pick<CountedEntry, "day" | "startedAt" | "entryId">,
): EntryPosition {
  return { day: entry.day, startedAtMs: entry.startedAt.getTime(), entryId: entry.entryId };
}

/** Whether a position lies between the edges. */
export function isInside(position: EntryPosition, { before, from }: EntryEdges): boolean {
  const isBefore = !before || isBelow(position, before);
  return isBefore && !(from && isBelow(position, from));
}

/** Newest first; the order of every listing of entries. */
export function compareNewestFirst(a: EntryPosition, b: EntryPosition): number {
  if (a.day !== b.day) return a.day > b.day ? -1 : 1;
  if (a.startedAtMs !== b.startedAtMs) return b.startedAtMs - a.startedAtMs;
  if (a.entryId === b.entryId) return 0;
  return a.entryId > b.entryId ? -1 : 1;
}

function isBelow({ day, startedAtMs }: EntryPosition, edge: EntryEdge): boolean {
  if (day !== edge.day) return day < edge.day;
  return edge.startedAtMs !== undefined && startedAtMs < edge.startedAtMs;
}

function edgeAt(atMs: number): EntryEdge {
  return { day: dayOf(atMs), startedAtMs: isMidnight(atMs) ? undefined : atMs };
}
