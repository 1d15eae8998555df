import { listEntries as list } from "../../analytics/list-entries.ts";
import { type ListEntriesResponse, listEntriesRequest } from "../../contracts/entries.ts";
import { resolveRange } from "../../contracts/ranges.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { reportScope } from "../report-scope.ts";
import { systemClock } from "../system-clock.ts";
import { analyticsStore } from "../wiring.ts";

/** Single calls, newest first; the whole ledger unless a range is given. */
export const listEntries = defineCallable(
  listEntriesRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  ({ data, caller }): Promise<ListEntriesResponse> => {
    const { userId, filters = {}, limit, cursor } = data;
    const isRanged = data.from !== undefined || data.to !== undefined || data.days !== undefined;
    const range = isRanged ? resolveRange(data, systemClock.nowMs()) : undefined;
    return list(analyticsStore(), {
      scope: reportScope(caller, userId),
      filters,
      fromMs: range?.fromMs,
      toMs: range?.toMs,
      limit,
      cursor,
    });
  },
);
