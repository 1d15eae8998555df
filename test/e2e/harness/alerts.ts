import type { AlertItem, ListAlertsResponse } from "../../../functions/src/contracts/alerts.ts";
import { type Asker, call } from "./callable.ts";
import { eventually } from "./eventually.ts";

export async function alertsOf(who: Asker, filter: object = {}): Promise<readonly AlertItem[]> {
  return (await call<ListAlertsResponse>("listAlerts", who, filter)).items;
}

/** Alerts are created after aggregation, so they come a moment after the answer. */
export function untilAlerts(who: Asker, count: number): Promise<readonly AlertItem[]> {
  return eventually(
    () => alertsOf(who),
    (alerts) => alerts.length >= count,
  );
}
