import { randomUUID } from "node:crypto";
import { PubSub, type Subscription } from "@google-cloud/pubsub";
import { afterAll, describe, expect, it } from "@jest/globals";
import type { BudgetAlert } from "../budgets/alert.ts";
import { ALERT_TOPIC, pubsubAlerts } from "./alert-publisher.ts";

const ALERT = {
  alertId: "user:alice:usd:month_2026-11_800_5000000000",
  type: "budget_threshold",
  severity: "warning",
  userId: "alice",
  spent: 4_200_000_000,
  createdAt: new Date("2026-11-22T14:03:00Z"),
  resetsAt: null,
} as unknown as BudgetAlert;

const clients: PubSub[] = [];

/** A project of its own, in which there is no topic yet. */
function freshProject(): PubSub {
  const client = new PubSub({ projectId: `demo-${randomUUID()}` });
  clients.push(client);
  return client;
}

afterAll(() => Promise.all(clients.map((client) => client.close())));

describe("pubsubAlerts", () => {
  it("makes the topic with the first alert of a project", async () => {
    const client = freshProject();
    await pubsubAlerts(client.projectId).publish(ALERT);
    const [exists] = await client.topic(ALERT_TOPIC).exists();
    expect(exists).toBe(true);
  });

  it("makes it once when several instances publish their first alert together", async () => {
    const { projectId } = freshProject();
    const publishers = Array.from({ length: 5 }, () => pubsubAlerts(projectId));
    await Promise.all(publishers.map((publisher) => publisher.publish(ALERT)));
  });

  it("sends the alert as versioned JSON, with what receivers filter by as attributes", async () => {
    const client = freshProject();
    const [topic] = await client.createTopic(ALERT_TOPIC);
    const [subscription] = await topic.createSubscription("receiver");
    await pubsubAlerts(client.projectId).publish(ALERT);
    const { data, attributes } = await nextMessage(subscription);
    expect(JSON.parse(data)).toMatchObject({
      version: 1,
      alertId: ALERT.alertId,
      spent: 4_200_000_000,
      createdAt: "2026-11-22T14:03:00.000Z",
      resetsAt: null,
    });
    expect(attributes).toEqual({
      alertId: ALERT.alertId,
      type: "budget_threshold",
      severity: "warning",
    });
  });
});

function nextMessage(
  subscription: Subscription,
): Promise<{ data: string; attributes: Record<string, string> }> {
  return new Promise((resolve, reject) => {
    subscription.on("error", reject);
    subscription.once("message", async (message) => {
      message.ack();
      await subscription.close();
      resolve({ data: message.data.toString("utf8"), attributes: message.attributes });
    });
  });
}
