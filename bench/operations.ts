import { setAlertBudget } from "./admin.ts";
import { ask } from "./callable.ts";
import { questions } from "./conversation.ts";
import { listDocuments, type StoredDocument } from "./emulated-store.ts";
import { keepCalling } from "./load.ts";
import type { Used } from "./served/side-door.ts";
import { type Side, tollgateSide } from "./sides.ts";
import type { Sizes } from "./sizes.ts";

/** Firestore's work for one call, on the side of the call or of the trigger. */
export interface CallOperations {
  readonly side: "chat" | "aggregateUsage";
  readonly budgets: 0 | 1;
  readonly atOnce: number;
  /** Calls that share a settle commit and so an outbox document. */
  readonly callsPerBatch: number;
  readonly rpcs: number;
  readonly writes: number;
  readonly deletes: number;
  readonly reads: number;
  readonly cpuMs: number;
}

const AT_ONCE = [1, 16];
/** Budgets, tokens and keys are cached from here on. */
const WARM_UP_CALLS = 40;
/** Of the events, so that the trigger knows the keys of the documents that it adds to. */
const WARM_UP_SHARE = 0.25;

type Facts = Pick<CallOperations, "side" | "budgets" | "atOnce" | "callsPerBatch">;

/** Counts what the serving processes send to Firestore, without budgets and with one that warns. */
export async function measureOperations(sizes: Sizes): Promise<CallOperations[]> {
  return [...(await measureWith(0, sizes)), ...(await measureWith(1, sizes))];
}

async function measureWith(budgets: 0 | 1, { countedCalls }: Sizes): Promise<CallOperations[]> {
  const database = `bench-operations-${budgets}`;
  if (budgets === 1) await setAlertBudget(database);
  const chat = await tollgateSide({ target: "chat", database, counts: true });
  const batches = new Map<number, StoredDocument[]>();
  const measured: CallOperations[] = [];
  try {
    await callChat(chat, 1, WARM_UP_CALLS);
    for (const atOnce of AT_ONCE) {
      const known = new Set((await outboxOf(database)).map(({ name }) => name));
      const before = await chat.served.used();
      await callChat(chat, atOnce, countedCalls);
      const after = await chat.served.used();
      const batch = (await outboxOf(database)).filter(({ name }) => !known.has(name));
      batches.set(atOnce, batch);
      const callsPerBatch = countedCalls / batch.length;
      measured.push(
        perCall({ side: "chat", budgets, atOnce, callsPerBatch }, before, after, countedCalls),
      );
    }
  } finally {
    await chat.served.stop();
  }
  return [...measured, ...(await measureTrigger(budgets, database, batches))];
}

async function measureTrigger(
  budgets: 0 | 1,
  database: string,
  batches: ReadonlyMap<number, readonly StoredDocument[]>,
): Promise<CallOperations[]> {
  const trigger = await tollgateSide({
    target: "aggregateUsage",
    signature: "cloudevent",
    database,
    counts: true,
  });
  const measured: CallOperations[] = [];
  try {
    for (const [atOnce, batch] of batches) {
      const warmUp = Math.ceil(batch.length * WARM_UP_SHARE);
      for (const document of batch.slice(0, warmUp)) await deliver(trigger, database, document);
      const counted = batch.slice(warmUp);
      const calls = counted.reduce((sum, document) => sum + callsIn(document), 0);
      const before = await trigger.served.used();
      for (const document of counted) await deliver(trigger, database, document);
      const after = await trigger.served.used();
      const callsPerBatch = calls / counted.length;
      measured.push(
        perCall({ side: "aggregateUsage", budgets, atOnce, callsPerBatch }, before, after, calls),
      );
    }
  } finally {
    await trigger.served.stop();
  }
  return measured;
}

function callChat({ served, signIn }: Side, atOnce: number, calls: number) {
  const questionAt = questions(served.origin, signIn, false);
  return keepCalling((index) => ask(questionAt(index)), atOnce, { calls });
}

function outboxOf(database: string): Promise<StoredDocument[]> {
  return listDocuments(database, "usage_outbox");
}

function callsIn({ fields }: StoredDocument): number {
  return fields.entryIds?.arrayValue?.values?.length ?? 0;
}

/** The event that Firestore would send of this document, in its JSON form. */
async function deliver(
  { served }: Side,
  database: string,
  document: StoredDocument,
): Promise<void> {
  const path = document.name.slice(document.name.indexOf("/documents/") + 11);
  const source = document.name.slice(0, document.name.indexOf("/documents/"));
  const event = {
    specversion: "1.0",
    id: document.name,
    type: "google.cloud.firestore.document.v1.created",
    source: `//firestore.googleapis.com/${source}`,
    subject: `documents/${path}`,
    time: new Date().toISOString(),
    datacontenttype: "application/json",
    project: process.env.GCLOUD_PROJECT,
    database,
    document: path,
    data: { value: document },
  };
  const response = await fetch(served.origin, {
    method: "POST",
    headers: { "content-type": "application/cloudevents+json" },
    body: JSON.stringify(event),
  });
  if (!response.ok) throw new Error(`aggregateUsage answers ${await response.text()}`);
}

function perCall(facts: Facts, before: Used, after: Used, calls: number): CallOperations {
  const used = (name: "rpcs" | "writes" | "deletes" | "reads") =>
    ((after.operations?.[name] ?? Number.NaN) - (before.operations?.[name] ?? 0)) / calls;
  return {
    ...facts,
    rpcs: used("rpcs"),
    writes: used("writes"),
    deletes: used("deletes"),
    reads: used("reads"),
    cpuMs: (after.cpuMs - before.cpuMs) / calls,
  };
}
