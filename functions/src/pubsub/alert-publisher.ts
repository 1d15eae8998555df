import { PubSub } from "@google-cloud/pubsub";
import type { BudgetAlert } from "../budgets/alert.ts";
import type { AlertPublisher } from "../budgets/port.ts";

export const ALERT_TOPIC = "budget-alerts";

/**
 * Publishes alerts as JSON, instants as ISO strings. A receiver may get an alert more than once and drops ids that
 * it has seen; attributes let it filter without parsing.
 */
export function pubsubAlerts(projectId: string): AlertPublisher {
  const topic = new PubSub({ projectId }).topic(ALERT_TOPIC, { batching: { maxMilliseconds: 0 } });
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
