import type { Alert } from "../budgets/alert.ts";
import type { AlertItem } from "../contracts/alerts.ts";

export function alertItem(alert: Alert): AlertItem {
  const times = {
    createdAt: alert.createdAt.toISOString(),
    publishedAt: isoOrNull(alert.publishedAt),
    acknowledgedAt: isoOrNull(alert.acknowledgedAt),
  };
  if (alert.type === "unpriced_model") {
    const { supersededBy, deliveries, expireAt, ...shown } = alert;
    return { ...shown, ...times };
  }
  const { windowId, thresholdPerMille, supersededBy, deliveries, expireAt, ...shown } = alert;
  return {
    ...shown,
    ...times,
    threshold: thresholdPerMille / 1_000,
    resetsAt: isoOrNull(alert.resetsAt),
  };
}

function isoOrNull(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
