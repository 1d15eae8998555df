import { PubSub } from "@google-cloud/pubsub";
import type { BudgetAlert } from "../budgets/alert.ts";
import type { AlertPublisher } from "../budgets/port.ts";

export const ALERT_TOPIC = "budget-alerts";

/** The client itself would try for ten minutes. */
const PUBLISH_TIMEOUT_MS = 5_000;

/**
 * Publishes alerts as JSON, instants as ISO strings. A receiver may get an alert more than once and drops ids that
 * it has seen; attributes let it filter without parsing.
 */
export function pubsubAlerts(projectId: string): AlertPublisher {
  const topic = new PubSub({ projectId }).topic(ALERT_TOPIC, {
    batching: { maxMilliseconds: 0 },
    gaxOpts: { timeout: PUBLISH_TIMEOUT_MS },
  });
  return {
    async publish(alert: BudgetAlert) {
      const { alertId, type, severity } = alert;
      await topic.publishMessage({
        json: { version: 1, ...alert },
        attributes: { alertId, type, severity },
      });
    },
  };
}
