import { listAlertsRequest } from "../../contracts/alerts.ts";
import { alertItem } from "../alert-item.ts";
import { ownOrAdmin } from "../caller.ts";
import { defineCallable } from "../define-callable.ts";
import { DOOR } from "../door-defaults.ts";
import { READER_DOOR } from "../door-options.ts";
import { budgetStore } from "../wiring.ts";

/** Alerts, newest first. */
export const listAlerts = defineCallable(
  listAlertsRequest,
  { ...DOOR, ...READER_DOOR, access: "user" },
  async ({ data, caller }) => {
    const { acknowledged, limit, cursor } = data;
    const userId = ownOrAdmin(caller, data.userId);
    const state = acknowledged === undefined ? "all" : acknowledged ? "acknowledged" : "open";
    const { items, nextCursor } = await budgetStore().listAlerts({ userId, state, limit, cursor });
    return { items: items.map(alertItem), nextCursor };
  },
);
