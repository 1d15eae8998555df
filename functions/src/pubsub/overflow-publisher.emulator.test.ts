import { randomUUID } from "node:crypto";
import { PubSub } from "@google-cloud/pubsub";
import { afterAll, afterEach, describe, expect, it, jest } from "@jest/globals";
import { eventually } from "../../../test/e2e/harness/eventually.ts";
import { type FaultyLink, faultyLink } from "../../../test/faults/harness/faulty-link.ts";
import type { Clock } from "../core/clock.ts";
import { OVERFLOW_TOPIC, pubsubOverflow } from "./overflow-publisher.ts";

jest.setTimeout(30_000);

const DEADLINE_MS = 1_500;
/** What the machine may add to a deadline, and the import of the client at the first call. */
const SLACK_MS = 700;
const EMULATOR = process.env.PUBSUB_EMULATOR_HOST ?? "";

const clock: Clock = {
  nowMs: () => Date.now(),
  schedule(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  soon: setImmediate,
};
const clients: PubSub[] = [];
const links: FaultyLink[] = [];

afterEach(() => {
  process.env.PUBSUB_EMULATOR_HOST = EMULATOR;
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(links.map((link) => link.close()));
});

describe("pubsubOverflow", () => {
  it("hands over the text as it is, once", async () => {
    const { projectId, received } = await freshTopic();
    const text = JSON.stringify({ schemaVersion: 1, text: 'Zürich 🚀 \\ " \u2028' });
    await pubsubOverflow(projectId, clock, DEADLINE_MS).publish(text);
    expect(await received(1)).toEqual([text]);
  });

  it("takes what is bigger than any settlement", async () => {
    const { projectId, received } = await freshTopic();
    const text = "x".repeat(2_000_000);
    await pubsubOverflow(projectId, clock, DEADLINE_MS).publish(text);
    const [message] = await received(1);
    expect(message === text).toBe(true);
  });

  it("says at once that there is no such topic", async () => {
    const publisher = pubsubOverflow(`demo-${randomUUID()}`, clock, DEADLINE_MS);
    const { error, tookMs } = await failing(publisher.publish("text"));
    expect(error).toMatchObject({ code: 5 });
    expect(tookMs).toBeLessThan(DEADLINE_MS);
  });

  it("gives up within its deadline where nobody listens", async () => {
    const { projectId } = await freshTopic();
    process.env.PUBSUB_EMULATOR_HOST = "127.0.0.1:1";
    const { tookMs } = await failing(pubsubOverflow(projectId, clock, DEADLINE_MS).publish("text"));
    expect(tookMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
  });

  it("gives up within its deadline where nobody answers, and goes on once somebody does", async () => {
    const { projectId, received } = await freshTopic();
    const link = await faultyLink(EMULATOR);
    links.push(link);
    process.env.PUBSUB_EMULATOR_HOST = link.address;
    const publisher = pubsubOverflow(projectId, clock, DEADLINE_MS);
    await publisher.publish("first");
    link.swallow("answers");
    const { error, tookMs } = await failing(publisher.publish("second"));
    expect(String(error)).toMatch(/no answer within 1500 ms|DEADLINE_EXCEEDED/);
    expect(tookMs).toBeLessThan(DEADLINE_MS + SLACK_MS);
    await link.pass();
    await publisher.publish("third");
    // What nobody confirmed was taken all the same: receivers must bear what is also in the log.
    expect(await received(3)).toEqual(["first", "second", "third"]);
  });

  it("is there again soon after an outage in which connections were refused", async () => {
    const { projectId } = await freshTopic();
    const link = await faultyLink(EMULATOR);
    links.push(link);
    process.env.PUBSUB_EMULATOR_HOST = link.address;
    const publisher = pubsubOverflow(projectId, clock, DEADLINE_MS);
    await publisher.publish("first");
    await link.refuse();
    await failing(publisher.publish("second"));
    await failing(publisher.publish("third"));
    await link.pass();
    await eventually(
      () =>
        publisher.publish("fourth").then(
          () => true,
          () => false,
        ),
      (isPublished) => isPublished,
      5_000,
    );
  });
});

async function failing(work: Promise<void>): Promise<{ error: unknown; tookMs: number }> {
  const startedMs = performance.now();
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeDefined();
  return { error, tookMs: performance.now() - startedMs };
}

/** The topic in a project of its own, and the first messages that it has got, in alphabetical order. */
async function freshTopic() {
  const client = new PubSub({ projectId: `demo-${randomUUID()}` });
  clients.push(client);
  const [topic] = await client.createTopic(OVERFLOW_TOPIC);
  const [subscription] = await topic.createSubscription("receiver");
  const received = async (count: number): Promise<string[]> => {
    const texts: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    subscription.on("message", (message) => {
      message.ack();
      texts.push(message.data.toString("utf8"));
      if (texts.length >= count) resolve();
    });
    await promise;
    await subscription.close();
    return texts.sort();
  };
  return { projectId: client.projectId, received };
}
