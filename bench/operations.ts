import { setUserBudget } from "./admin.ts";
import { ask } from "./callable.ts";
import { questions } from "./conversation.ts";
import { listDocuments, type StoredDocument } from "./emulated-store.ts";
import { keepCalling } from "./load.ts";
import { deliver } from "./served/deliver.ts";
import type { Used } from "./served/side-door.ts";
import { type Side, tollgateSide } from "./sides.ts";
import type { Sizes } from "./sizes.ts";

/** Which budget every user has. */
export const BUDGETS = ["none", "alert", "block"] as const;
export type BudgetKind = (typeof BUDGETS)[number];

export interface OperationsLoad {
  readonly atOnce: number;
  /** How long the model takes for an answer. */
  readonly modelMs: number;
}

/** Firestore's work for one call, in one round. */
export interface OperationsMeasured {
  /** Calls that share a settle commit and so an outbox document. */
  readonly callsPerBatch: number;
  readonly rpcs: number;
  readonly writes: number;
  readonly deletes: number;
  readonly reads: number;
  readonly cpuMs: number;
}

/** By round, on the side of the call and of the trigger. */
export interface CallOperations {
  readonly budget: BudgetKind;
  readonly load: OperationsLoad;
  readonly chat: readonly OperationsMeasured[];
  readonly aggregateUsage: readonly OperationsMeasured[];
}

export const FAST_LOAD: OperationsLoad = { atOnce: 16, modelMs: 0 };
const LOADS: readonly OperationsLoad[] = [
  { atOnce: 1, modelMs: 0 },
  FAST_LOAD,
  // As many as one instance takes.
  { atOnce: 40, modelMs: 2_000 },
];
/** Budgets, tokens and keys are cached from here on, and the trigger knows the keys of the documents that it adds to. */
const WARM_UP_CALLS = 100;

interface Sides {
  readonly chat: Side;
  readonly aggregateUsage: Side;
}

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

/** The loads in turns, so that what else the machine does meets all of them. */
async function measureWith(budget: BudgetKind, sizes: Sizes): Promise<CallOperations[]> {
  const database = `bench-operations-${budget}`;
  if (budget !== "none") await setUserBudget(database, budget);
  const counted = { database, counts: true };
  const chat = await tollgateSide({ target: "chat", ...counted });
  const trigger = { target: "aggregateUsage", signature: "cloudevent" } as const;
  const aggregateUsage = await tollgateSide({ ...trigger, ...counted });
  const sides: Sides = { chat, aggregateUsage };
  const measured = LOADS.map((load) => ({
    ...{ budget, load },
    chat: [] as OperationsMeasured[],
    aggregateUsage: [] as OperationsMeasured[],
  }));
  try {
    await measureRound(sides, database, LOADS[0] as OperationsLoad, WARM_UP_CALLS);
    for (let round = 0; round < sizes.rounds; round += 1) {
      for (const its of round % 2 === 0 ? measured : measured.toReversed()) {
        const figures = await measureRound(sides, database, its.load, sizes.countedCalls);
        its.chat.push(figures.chat);
        its.aggregateUsage.push(figures.aggregateUsage);
      }
    }
  } finally {
    for (const { served } of [chat, aggregateUsage]) await served.stop();
  }
  return measured;
}

/** The calls, and then the events of what they have left in the outbox, which is empty again after. */
async function measureRound(
  { chat, aggregateUsage }: Sides,
  database: string,
  load: OperationsLoad,
  calls: number,
): Promise<Readonly<Record<keyof Sides, OperationsMeasured>>> {
  const beforeChat = await chat.served.used();
  await callChat(chat, load, calls);
  const afterChat = await chat.served.used();
  const batches = await listDocuments(database, "usage_outbox");
  const settled = batches.reduce((sum, batch) => sum + callsIn(batch), 0);
  if (settled !== calls) throw new Error(`${settled} of ${calls} calls are in the outbox`);
  const callsPerBatch = calls / batches.length;
  const beforeTrigger = await aggregateUsage.served.used();
  for (const batch of batches) await deliver(aggregateUsage.served.origin, database, batch);
  const afterTrigger = await aggregateUsage.served.used();
  return {
    chat: { callsPerBatch, ...perCall(beforeChat, afterChat, calls) },
    aggregateUsage: { callsPerBatch, ...perCall(beforeTrigger, afterTrigger, calls) },
  };
}

function callChat({ served, signIn }: Side, { atOnce, modelMs }: OperationsLoad, calls: number) {
  const questionAt = questions(served.origin, signIn, { streams: false, modelMs });
  return keepCalling((index) => ask(questionAt(index)), atOnce, { calls });
}

function callsIn({ fields }: StoredDocument): number {
  return fields.entryIds?.arrayValue?.values?.length ?? 0;
}

function perCall(before: Used, after: Used, calls: number) {
  const used = (name: "rpcs" | "writes" | "deletes" | "reads") =>
    ((after.operations?.[name] ?? Number.NaN) - (before.operations?.[name] ?? 0)) / calls;
  return {
    rpcs: used("rpcs"),
    writes: used("writes"),
    deletes: used("deletes"),
    reads: used("reads"),
    cpuMs: (after.cpuMs - before.cpuMs) / calls,
  };
}

/** What the call and its trigger take together, round by round. */
export function together({ chat, aggregateUsage }: CallOperations): OperationsMeasured[] {
  return chat.map((ours, round) => {
    const trigger = aggregateUsage[round] as OperationsMeasured;
    return {
      callsPerBatch: ours.callsPerBatch,
      rpcs: ours.rpcs + trigger.rpcs,
      writes: ours.writes + trigger.writes,
      deletes: ours.deletes + trigger.deletes,
      reads: ours.reads + trigger.reads,
      cpuMs: ours.cpuMs + trigger.cpuMs,
    };
  });
}
