import { PubSub, type Topic } from "@google-cloud/pubsub";
import type { BudgetAlert } from "../budgets/alert.ts";
import type { AlertPublisher } from "../budgets/port.ts";

export const ALERT_TOPIC = "budget-alerts";

/** https://grpc.io/docs/guides/status-codes/ */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

/**
 * Publishes alerts as JSON, instants as ISO strings. A receiver may get an alert more than once and drops ids that
 * it has seen; attributes let it filter without parsing. The first alert of a project makes the topic: no deployed
 * function listens to it, so that deploying does not.
 */
export function pubsubAlerts(projectId: string): AlertPublisher {
  const topic = new PubSub({ projectId }).topic(ALERT_TOPIC, { batching: { maxMilliseconds: 0 } });
  return {
    async publish(alert) {
      const message = messageOf(alert);
      try {
        await topic.publishMessage(message);
      } catch (error) {
        if (codeOf(error) !== NOT_FOUND) throw error;
        await createTopic(topic);
        await topic.publishMessage(message);
      }
    },
  };
}

function messageOf(alert: BudgetAlert) {
  const { alertId, type, severity } = alert;
  return { json: { version: 1, ...alert }, attributes: { alertId, type, severity } };
}

async function createTopic(topic: Topic): Promise<void> {
  try {
    await topic.create();
  } catch (error) {
    if (codeOf(error) !== ALREADY_EXISTS) throw error; // another instance was first
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
