import { randomUUID } from "node:crypto";
import { afterAll, beforeAll } from "@jest/globals";
import {
  type Message,
  PubSub,
  type Subscription,
} from "../../../functions/node_modules/@google-cloud/pubsub/build/src/index.js";
import { PROJECT } from "./stack.ts";

const ALREADY_EXISTS = 6;

/** What came over the topic `budget-alerts` while this test file ran. */
export interface AlertMessage {
  readonly attributes: Readonly<Record<string, string>>;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Listens to the topic as a subscriber of its own. */
export function useAlertMessages(): () => readonly AlertMessage[] {
  const messages: AlertMessage[] = [];
  const client = new PubSub({ projectId: PROJECT });
  let subscription: Subscription | undefined;
  beforeAll(async () => {
    await client.createTopic("budget-alerts").catch(ignoreExisting);
    [subscription] = await client.topic("budget-alerts").createSubscription(`test-${randomUUID()}`);
    subscription.on("message", (message: Message) => {
      messages.push({
        attributes: message.attributes,
        json: JSON.parse(message.data.toString("utf8")),
      });
      message.ack();
    });
  });
  afterAll(async () => {
    await subscription?.delete();
    await client.close();
  });
  return () => messages;
}

function ignoreExisting(error: unknown): void {
  if ((error as { code?: unknown }).code !== ALREADY_EXISTS) throw error;
}
