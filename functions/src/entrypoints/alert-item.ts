import type { BudgetAlert } from "../budgets/alert.ts";
import type { AlertItem } from "../contracts/alerts.ts";

export function alertItem(alert: BudgetAlert): AlertItem {
  const { windowId, thresholdPerMille, supersededBy, deliveries, expireAt, ...shown } = alert;
  return {
    ...shown,
    threshold: thresholdPerMille / 1_000,
    resetsAt: isoOrNull(alert.resetsAt),
    createdAt: alert.createdAt.toISOString(),
    publishedAt: isoOrNull(alert.publishedAt),
    acknowledgedAt: isoOrNull(alert.acknowledgedAt),
  };
}

function isoOrNull(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
