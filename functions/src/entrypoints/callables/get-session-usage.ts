import { getSessionUsage as reportSession } from "../../analytics/get-session-usage.ts";
import { type GetSessionUsageResponse, getSessionUsageRequest } from "../../contracts/reports.ts";
import { ownOrAdmin } from "../caller.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { systemClock } from "../system-clock.ts";
import { analyticsStore } from "../wiring.ts";

/** A session's whole life; administrators name its user, or mean one of their own. */
export const getSessionUsage = defineCallable(
  getSessionUsageRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  ({ data, caller }): Promise<GetSessionUsageResponse> => {
    const userId = ownOrAdmin(caller, data.userId) ?? caller.uid;
    const { sessionId } = data;
    return reportSession(analyticsStore(), { userId, sessionId }, systemClock.nowMs());
  },
);
