import { daysBetween } from "../core/period.ts";
import { OTHER_KEY } from "../ledger/caps.ts";
import { UNKNOWN_MODEL_KEY } from "../ledger/contributions.ts";
import type { Totals } from "../ledger/totals.ts";
import { filtersGiven } from "./filters.ts";
import { keyOfName, nameOfKey } from "./names.ts";
import type { Question } from "./question.ts";
import { isWholeDays } from "./range.ts";
import type { DayUsage, MapName, MonthUsage, TotalsMap } from "./records.ts";
import { addTo, sumOf, type Tally } from "./tally.ts";

/** Which breakdown of a user's month answers a grouping. */
const MONTH_MAPS = { model: "byModel", agent: "byAgent", operation: "byOperation" } as const;
/** Which breakdown of everybody's day answers a grouping or a filter. */
const DAY_MAPS = {
  model: "byModel",
  agent: "byAgent",
  department: "byDepartment",
  orgId: "byOrg",
} as const;

/** Whether months may answer at all; `tallyMonths` may still find that they cannot. */
export function isForMonths({ scope, range, groupBy, filters }: Question): boolean {
  return (
    scope.kind === "user" &&
    isWholeDays(range) &&
    filtersGiven(filters).length === 0 &&
    (groupBy === undefined || groupBy === "day" || groupBy in MONTH_MAPS)
  );
}

/**
 * Sums a user's months. A month of which only some days are wanted has them by day, but not by model: it answers
 * groups only when all its usage lies in the range, as that of the month to date does.
 * @returns undefined when only the ledger can tell
 */
export function tallyMonths(
  months: readonly MonthUsage[],
  { range, groupBy }: Question,
): Tally | undefined {
  const wanted = new Set(daysBetween(range.fromMs, range.toMs));
  const map = mapFor(groupBy, MONTH_MAPS);
  const byDay = new Map<string, Totals>();
  const groups = new Map<string, Totals>();
  for (const { maps } of months) {
    const inRange = [...maps.byDay].filter(([day]) => wanted.has(day));
    for (const [day, totals] of inRange) addTo(byDay, day, totals);
    if (!map || inRange.length === 0) continue;
    if (inRange.length < maps.byDay.size) return undefined;
    for (const [key, totals] of maps[map]) addTo(groups, shownAs(map, key), totals);
  }
  return { totals: sumOf(byDay.values()), byDay, groups };
}

/** The maps of days that answer a question, none for totals alone; undefined when days cannot answer it. */
export function dayMapsFor({ scope, range, groupBy, filters }: Question): MapName[] | undefined {
  const [filter, ...others] = filtersGiven(filters);
  if (scope.kind !== "everyone" || !isWholeDays(range) || others.length > 0) return undefined;
  const group = groupBy === "day" ? undefined : groupBy;
  const needed = [filter, group].filter((name) => name !== undefined);
  if (filter && group && filter !== group) return undefined;
  const maps = needed.map((name) => mapFor(name, DAY_MAPS));
  return maps.every((map) => map !== undefined) ? [...new Set(maps)] : undefined;
}

/**
 * Sums everybody's days, or what one name has of them.
 * @returns undefined when only the ledger can tell: the name may be among what a full map calls "~other"
 */
export function tallyDays(
  days: readonly DayUsage[],
  { groupBy, filters }: Question,
): Tally | undefined {
  const [filter] = filtersGiven(filters);
  const groupMap = mapFor(groupBy, DAY_MAPS);
  const filterMap = mapFor(filter, DAY_MAPS);
  if (!filter || !filterMap) return tallyParts(days, groupMap);
  const key = keyIn(filterMap, filters[filter] as string);
  if (
    mayBeHidden(
      days.map(({ maps }) => maps[filterMap]),
      key,
    )
  )
    return undefined;
  return tallyParts(
    days.flatMap((day) => partOf(day, filterMap, key)),
    groupMap,
  );
}

function tallyParts(days: readonly DayUsage[], groupMap: MapName | undefined): Tally {
  const byDay = new Map<string, Totals>();
  const groups = new Map<string, Totals>();
  for (const { day, totals, maps } of days) {
    addTo(byDay, day, totals);
    if (!groupMap) continue;
    for (const [key, part] of maps[groupMap]) addTo(groups, shownAs(groupMap, key), part);
  }
  return { totals: sumOf(byDay.values()), byDay, groups };
}

/** One key's share of a day, as if it were the whole day. */
function partOf({ day, maps }: DayUsage, map: MapName, key: string): DayUsage[] {
  const totals = maps[map].get(key);
  return totals ? [{ day, totals, maps: { ...maps, [map]: new Map([[key, totals]]) } }] : [];
}

/** Whether some of a key's usage may stand under a key for many: "~other", or "~unknown" for a model never priced. */
function mayBeHidden(maps: readonly TotalsMap[], key: string): boolean {
  const isKnown = maps.some((map) => map.has(key));
  return maps.some(
    (map) => !map.has(key) && (map.has(OTHER_KEY) || (!isKnown && map.has(UNKNOWN_MODEL_KEY))),
  );
}

/** Names of models are keys as they stand, all others are encoded. */
function shownAs(map: MapName, key: string): string {
  return map === "byModel" ? key : nameOfKey(key);
}

function keyIn(map: MapName, name: string): string {
  return map === "byModel" ? name : keyOfName(name);
}

function mapFor<Maps extends Readonly<Record<string, MapName>>>(
  name: string | undefined,
  maps: Maps,
): MapName | undefined {
  return name !== undefined && Object.hasOwn(maps, name) ? maps[name] : undefined;
}
