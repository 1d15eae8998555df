import { setUserBudget } from "./admin.ts";
import { ask } from "./callable.ts";
import { questions } from "./conversation.ts";
import { listDocuments, type StoredDocument } from "./emulated-store.ts";
import { keepCalling } from "./load.ts";
import type { Used } from "./served/side-door.ts";
import { type Side, tollgateSide } from "./sides.ts";
import type { Sizes } from "./sizes.ts";

/** Which budget every user has. */
type BudgetKind = "none" | "alert" | "block";

/** Firestore's work for one call, on the side of the call or of the trigger. */
export interface CallOperations {
  readonly side: "chat" | "aggregateUsage";
  readonly budget: BudgetKind;
  readonly load: OperationsLoad;
  /** Calls that share a settle commit and so an outbox document. */
  readonly callsPerBatch: number;
  readonly rpcs: number;
  readonly writes: number;
  readonly deletes: number;
  readonly reads: number;
  readonly cpuMs: number;
}

interface OperationsLoad {
  readonly atOnce: number;
  /** How long the model takes for an answer. */
  readonly modelMs: number;
}

const BUDGETS: readonly BudgetKind[] = ["none", "alert", "block"];
const LOADS: readonly OperationsLoad[] = [
  { atOnce: 1, modelMs: 0 },
  { atOnce: 16, modelMs: 0 },
  // As many as one instance takes.
  { atOnce: 40, modelMs: 2_000 },
];
/** Budgets, tokens and keys are cached from here on. */
const WARM_UP_CALLS = 40;
/** Of the events, so that the trigger knows the keys of the documents that it adds to. */
const WARM_UP_SHARE = 0.25;

type Facts = Pick<CallOperations, "side" | "budget" | "load" | "callsPerBatch">;

/** Counts what the serving processes send to Firestore, without a budget, with one that warns, with one that blocks. */
export async function measureOperations(
  sizes: Sizes,
  say: (line: string) => void,
): Promise<CallOperations[]> {
  const measured: CallOperations[] = [];
  for (const budget of BUDGETS) {
    say(`  budget: ${budget}`);
    measured.push(...(await measureWith(budget, sizes)));
  }
  return measured;
}

async function measureWith(budget: BudgetKind, { countedCalls }: Sizes): Promise<CallOperations[]> {
  const database = `bench-operations-${budget}`;
  if (budget !== "none") await setUserBudget(database, budget);
  const chat = await tollgateSide({ target: "chat", database, counts: true });
  const batches = new Map<OperationsLoad, StoredDocument[]>();
  const measured: CallOperations[] = [];
  try {
    await callChat(chat, LOADS[0] as OperationsLoad, WARM_UP_CALLS);
    for (const load of LOADS) {
      const known = new Set((await outboxOf(database)).map(({ name }) => name));
      const before = await chat.served.used();
      await callChat(chat, load, countedCalls);
      const after = await chat.served.used();
      const batch = (await outboxOf(database)).filter(({ name }) => !known.has(name));
      batches.set(load, batch);
      const callsPerBatch = countedCalls / batch.length;
      measured.push(
        perCall({ side: "chat", budget, load, callsPerBatch }, before, after, countedCalls),
      );
    }
  } finally {
    await chat.served.stop();
  }
  return [...measured, ...(await measureTrigger(budget, database, batches))];
}

async function measureTrigger(
  budget: BudgetKind,
  database: string,
  batches: ReadonlyMap<OperationsLoad, readonly StoredDocument[]>,
): Promise<CallOperations[]> {
  const trigger = await tollgateSide({
    target: "aggregateUsage",
    signature: "cloudevent",
    database,
    counts: true,
  });
  const measured: CallOperations[] = [];
  try {
    for (const [load, batch] of batches) {
      const warmUp = Math.ceil(batch.length * WARM_UP_SHARE);
      for (const document of batch.slice(0, warmUp)) await deliver(trigger, database, document);
      const counted = batch.slice(warmUp);
      const calls = counted.reduce((sum, document) => sum + callsIn(document), 0);
      const before = await trigger.served.used();
      for (const document of counted) await deliver(trigger, database, document);
      const after = await trigger.served.used();
      const callsPerBatch = calls / counted.length;
      measured.push(
        perCall({ side: "aggregateUsage", budget, load, callsPerBatch }, before, after, calls),
      );
    }
  } finally {
    await trigger.served.stop();
  }
  return measured;
}

function callChat({ served, signIn }: Side, { atOnce, modelMs }: OperationsLoad, calls: number) {
  const questionAt = questions(served.origin, signIn, { streams: false, modelMs });
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
