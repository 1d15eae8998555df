import type { Topic } from "@google-cloud/pubsub";
import type { Alert } from "../budgets/alert.ts";
import type { AlertPublisher } from "../budgets/port.ts";

export const ALERT_TOPIC = "budget-alerts";

/** The client itself would try for ten minutes. */
const PUBLISH_TIMEOUT_MS = 5_000;

/** https://grpc.io/docs/guides/status-codes/ */
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;

/**
 * Publishes alerts as JSON, instants as ISO strings. A receiver may get an alert more than once and drops ids that
 * it has seen; attributes let it filter without parsing. The first alert of a project makes the topic: no deployed
 * function listens to it, so that deploying does not.
 */
export function pubsubAlerts(projectId: string): AlertPublisher {
  let opening: Promise<Topic> | undefined;
  return {
    async publish(alert) {
      opening ??= openTopic(projectId);
      const topic = await opening;
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

/** Loads the client at the first alert: it takes a quarter of a second, and hardly any instance ever publishes. */
async function openTopic(projectId: string): Promise<Topic> {
  const { PubSub } = await import("@google-cloud/pubsub");
  return new PubSub({ projectId }).topic(ALERT_TOPIC, {
    batching: { maxMilliseconds: 0 },
    gaxOpts: { timeout: PUBLISH_TIMEOUT_MS },
  });
}

function messageOf(alert: Alert) {
  const { alertId, type, severity } = alert;
  return { json: { version: 1, ...alert }, attributes: { alertId, type, severity } };
}

async function createTopic(topic: Topic): Promise<void> {
  try {
    await topic.create({ timeout: PUBLISH_TIMEOUT_MS });
  } catch (error) {
    // Another instance was first.
    if (codeOf(error) !== ALREADY_EXISTS) throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
