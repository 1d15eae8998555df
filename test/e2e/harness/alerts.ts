import type {
  BudgetAlertItem,
  ListAlertsResponse,
} from "../../../functions/src/contracts/alerts.ts";
import { type Asker, call } from "./callable.ts";
import { eventually } from "./eventually.ts";

/** A unit tells a file's alerts from those of a default budget that another file has set for everyone. */
type Unit = BudgetAlertItem["unit"];

export async function alertsOf(
  who: Asker,
  unit: Unit,
  filter: object = {},
): Promise<readonly BudgetAlertItem[]> {
  const { items } = await call<ListAlertsResponse>("listAlerts", who, filter);
  const alerts = items.filter((alert) => alert.type !== "unpriced_model");
  return alerts.filter((alert) => alert.unit === unit);
}

/** Alerts are created after aggregation, so they come a moment after the answer. */
export function untilAlerts(
  who: Asker,
  unit: Unit,
  count: number,
): Promise<readonly BudgetAlertItem[]> {
  return eventually(
    () => alertsOf(who, unit),
    (alerts) => alerts.length >= count,
  );
}
