import { randomUUID } from "node:crypto";
import type { Stored } from "./store.ts";

/** POSTs the event of a new document to a function, as Eventarc delivers it, in JSON. */
export async function deliverCreated(
  url: string,
  project: string,
  collection: string,
  { id, raw }: Stored,
): Promise<number> {
  const document = `${collection}/${id}`;
  const database = `projects/${project}/databases/(default)`;
  const now = new Date().toISOString();
  const value = {
    name: `${database}/documents/${document}`,
    fields: raw,
    createTime: now,
    updateTime: now,
  };
  const event = {
    specversion: "1.0",
    id: randomUUID(),
    type: "google.cloud.firestore.document.v1.created",
    source: `//firestore.googleapis.com/${database}`,
    subject: `documents/${document}`,
    time: now,
    datacontenttype: "application/json",
    project,
    database: "(default)",
    namespace: "(default)",
    location: "us-central1",
    document,
    data: { value, updateMask: {} },
  };
  return deliver(url, event);
}

/** A message as it comes out of a topic. */
export interface Published {
  readonly messageId: string;
  /** Base64. */
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly publishTime: string;
}

/** POSTs a message to a function, as Eventarc delivers it; the id is the message's, also the second time. */
export function deliverPublished(
  url: string,
  project: string,
  topic: string,
  message: Published,
): Promise<number> {
  return deliver(url, {
    specversion: "1.0",
    id: message.messageId,
    type: "google.cloud.pubsub.topic.v1.messagePublished",
    source: `//pubsub.googleapis.com/projects/${project}/topics/${topic}`,
    time: message.publishTime,
    datacontenttype: "application/json",
    data: { message, subscription: `projects/${project}/subscriptions/eventarc-${topic}` },
  });
}

async function deliver(url: string, event: object): Promise<number> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json" },
    body: JSON.stringify(event),
  });
  await response.arrayBuffer();
  return response.status;
}
