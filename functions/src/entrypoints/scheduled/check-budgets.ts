import { onSchedule } from "firebase-functions/scheduler";
import { checkBudgets as check } from "../../budgets/check-budgets.ts";
import { alertDeps } from "../alerting.ts";
import { EVERY_FIVE_MINUTES } from "../schedule-options.ts";

/** Alerts on every budget whose window moved since the last run, and publishes what was not published. */
export const checkBudgets = onSchedule(EVERY_FIVE_MINUTES, async ({ scheduleTime }) => {
  await check(alertDeps(), new Date(scheduleTime));
});
