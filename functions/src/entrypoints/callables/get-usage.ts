import { getUsage as reportUsage } from "../../analytics/get-usage.ts";
import { resolveRange } from "../../contracts/ranges.ts";
import { type GetUsageResponse, getUsageRequest } from "../../contracts/reports.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { reportScope } from "../report-scope.ts";
import { systemClock } from "../system-clock.ts";
import { analyticsStore } from "../wiring.ts";

/** Tokens and cost in a range, in all, by day and by group. */
export const getUsage = defineCallable(
  getUsageRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  ({ data, caller }): Promise<GetUsageResponse> => {
    const nowMs = systemClock.nowMs();
    const { userId, groupBy, filters = {}, compare } = data;
    const range = resolveRange(data, nowMs);
    const scope = reportScope(caller, userId);
    return reportUsage(analyticsStore(), { scope, range, groupBy, filters, compare }, nowMs);
  },
);
