import type { StoredDocument } from "../emulated-store.ts";

const DOCUMENTS = "/documents/";

/** POSTs the event that Firestore would send of a new document, in its JSON form. @throws unless it is taken */
export async function deliver(
  origin: string,
  database: string,
  document: StoredDocument,
): Promise<void> {
  const at = document.name.indexOf(DOCUMENTS);
  const path = document.name.slice(at + DOCUMENTS.length);
  const event = {
    specversion: "1.0",
    id: document.name,
    type: "google.cloud.firestore.document.v1.created",
    source: `//firestore.googleapis.com/${document.name.slice(0, at)}`,
    subject: `documents/${path}`,
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    project: process.env.GCLOUD_PROJECT,
    database,
    document: path,
    data: { value: document },
  };
  const response = await fetch(origin, {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json" },
    body: JSON.stringify(event),
  });
  if (!response.ok) throw new Error(`aggregateUsage answers ${await response.text()}`);
}
