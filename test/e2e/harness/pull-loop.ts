import { randomUUID } from "node:crypto";
import {
  type Message,
  PubSub,
  type Topic,
} from "../../../functions/node_modules/@google-cloud/pubsub/build/src/index.js";
import { deliverPublished, type Published } from "./events.ts";

const ALREADY_EXISTS = 6;
/** Pub/Sub waits 10 s before it delivers again; the emulator would do so at once. */
const AGAIN_AFTER_MS = 200;

/** What stands between a topic of the emulator and a function that listens to it. */
export interface PullLoop {
  /** Every message that has come, in the order of its first delivery. */
  messages(): readonly Published[];
  /** What the function has answered so far, delivery by delivery. */
  statuses(): readonly number[];
  /** Messages that the function has not taken yet. */
  waiting(): number;
  /** From now on messages go to this URL, each so many times at once; until then they wait. */
  deliverTo(url: string, times?: number): void;
  stop(): Promise<void>;
}

/**
 * Subscribes to a topic, which is made if it is not there. Like Eventarc it acknowledges what the function has taken
 * (2xx) and delivers everything else again; firebase-tools acknowledges failures too.
 */
export async function pullLoop(project: string, topicName: string): Promise<PullLoop> {
  const client = new PubSub({ projectId: project });
  const topic = await topicOf(client, topicName);
  const [subscription] = await topic.createSubscription(`pull-${randomUUID()}`);
  const seen = new Map<string, Published>();
  const taken = new Set<string>();
  const statuses: number[] = [];
  let target: { readonly url: string; readonly times: number } | undefined;

  const isTaken = async (published: Published): Promise<boolean> => {
    if (!target) return false;
    const { url, times } = target;
    const delivered = Array.from({ length: times }, () =>
      deliverPublished(url, project, topicName, published),
    );
    const answers = await Promise.all(delivered);
    statuses.push(...answers);
    return answers.every((status) => status < 300);
  };
  const receive = async (message: Message): Promise<void> => {
    const published = publishedOf(message);
    if (!seen.has(published.messageId)) seen.set(published.messageId, published);
    if (!(await isTaken(published).catch(() => false))) {
      setTimeout(() => message.nack(), AGAIN_AFTER_MS);
      return;
    }
    taken.add(published.messageId);
    message.ack();
  };
  subscription.on("message", receive);
  subscription.on("error", () => {}); // The emulator ends before the test file does when a run is stopped.
  return {
    messages: () => [...seen.values()],
    statuses: () => statuses,
    waiting: () => seen.size - taken.size,
    deliverTo(url, times = 1) {
      target = { url, times };
    },
    async stop() {
      await subscription.delete();
      await client.close();
    },
  };
}

function publishedOf({ id, data, attributes, publishTime }: Message): Published {
  return {
    messageId: id,
    data: data.toString("base64"),
    attributes,
    publishTime: publishTime.toISOString(),
  };
}

async function topicOf(client: PubSub, name: string): Promise<Topic> {
  await client.createTopic(name).catch((error: { code?: unknown }) => {
    if (error.code !== ALREADY_EXISTS) throw error;
  });
  return client.topic(name);
}
