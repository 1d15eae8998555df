import { getTopUsers as reportTopUsers } from "../../analytics/get-top-users.ts";
import { type GetTopUsersResponse, getTopUsersRequest } from "../../contracts/reports.ts";
import { monthOf } from "../../core/period.ts";
import { defineCallable } from "../define-callable.ts";
import { displayNames } from "../display-names.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { systemClock } from "../system-clock.ts";
import { analyticsStore } from "../wiring.ts";

/** Who spent most in a month. */
export const getTopUsers = defineCallable(
  getTopUsersRequest,
  { ...DOOR, ...READER_DOOR, access: "admin" },
  async ({ data }): Promise<GetTopUsersResponse> => {
    const nowMs = systemClock.nowMs();
    const { month = monthOf(nowMs), limit, cursor } = data;
    const report = await reportTopUsers(analyticsStore(), { month, limit, cursor }, nowMs);
    const names = await displayNames(report.items.map(({ userId }) => userId));
    return {
      ...report,
      items: report.items.map((user) => ({ ...user, displayName: names.get(user.userId) ?? null })),
    };
  },
);
