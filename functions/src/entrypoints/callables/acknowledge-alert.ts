import { acknowledgeAlertRequest } from "../../contracts/alerts.ts";
import { TollgateError } from "../../core/errors.ts";
import { alertItem } from "../alert-item.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { systemClock } from "../system-clock.ts";
import { budgetStore } from "../wiring.ts";

/** Takes an alert from the open ones; who was first stays. */
export const acknowledgeAlert = defineCallable(
  acknowledgeAlertRequest,
  { ...DOOR, ...READER_DOOR, access: "admin" },
  async ({ data: { alertId }, caller }) => {
    const now = new Date(systemClock.nowMs());
    const alert = await budgetStore().acknowledge(alertId, caller.uid, now);
    if (!alert) throw new TollgateError("NOT_FOUND", "there is no such alert", { alertId });
    const { acknowledgedBy, acknowledgedAt } = alertItem(alert);
    return { alertId, acknowledgedBy, acknowledgedAt };
  },
);
