import { getSummary as reportSummary } from "../../analytics/get-summary.ts";
import { type GetSummaryResponse, getSummaryRequest } from "../../contracts/reports.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { reportScope } from "../report-scope.ts";
import { systemClock } from "../system-clock.ts";
import { analyticsStore } from "../wiring.ts";

/** The month to date: what was spent on what, against the month before, and where it leads. */
export const getSummary = defineCallable(
  getSummaryRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  ({ data, caller }): Promise<GetSummaryResponse> =>
    reportSummary(analyticsStore(), reportScope(caller, data.userId), systemClock.nowMs()),
);
