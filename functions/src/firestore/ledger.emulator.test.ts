import { afterAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { aggregate, KeyMemory } from "../ledger/aggregate.ts";
import { careForLedger } from "../ledger/care.ts";
import type { Entry } from "../ledger/entry.ts";
import { Journal } from "../ledger/journal.ts";
import type { CommitOutcome, DocumentKey, Fields, Write } from "../ledger/plan.ts";
import type { LedgerStore } from "../ledger/port.ts";
import type { Settlement } from "../ledger/settle.ts";
import { Settler } from "../ledger/settler.ts";
import type { Fate } from "../ledger/testing/memory-store.ts";
import {
  CALL_TIMEOUT_MS,
  RETENTION_DAYS,
  sampleDraft,
  sampleHold,
} from "../ledger/testing/sample-call.ts";
import { Balance } from "../ledger/testing/sums.ts";
import { fieldsOf } from "./documents.ts";
import { firestoreLedger } from "./ledger-store.ts";
import { emulatorDatabase } from "./testing/emulator.ts";

const RUNS = 15;
const SHARDS = 2;
const DEADLINE_MS = 10_000;
const COLLECTIONS: readonly DocumentKey["collection"][] = [
  "usage_tracking",
  "usage_holds",
  "usage_outbox",
  "usage_monthly",
  "usage_sessions",
  "usage_daily",
  "usage_totals",
];
const db = emulatorDatabase("ledger");
const real = firestoreLedger(db, SHARDS);
let ids = 0;

afterAll(() => db.terminate());

interface Call {
  readonly instance: number;
  readonly end: "settles" | "crashes" | "settles late";
  readonly input: number;
}

const call: fc.Arbitrary<Call> = fc.record({
  instance: fc.nat(1),
  end: fc.constantFrom(
    "settles" as const,
    "settles" as const,
    "crashes" as const,
    "settles late" as const,
  ),
  input: fc.integer({ min: 1, max: 999 }),
});
const fate = fc.constantFrom<Fate>(
  "lands",
  "lands",
  "lands",
  "lands_unheard",
  "lands_late",
  "lands_twice",
  "lost",
);

describe("the ledger on Firestore", () => {
  it(`is exact in ${RUNS} histories of batches, crashes, two sweepers at once and double triggers`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(call, { minLength: 3, maxLength: 12 }),
        fc.array(fate, { minLength: 20, maxLength: 20 }),
        async (calls, fates) => {
          await clear();
          expect(await live(calls, fates)).toEqual([]);
        },
      ),
      { numRuns: RUNS },
    );
  }, 120_000);
});

/** Gives back what is wrong in the end. */
async function live(calls: readonly Call[], fates: readonly Fate[]): Promise<string[]> {
  const late: Promise<unknown>[] = [];
  const kept: Settlement[] = [];
  const instances = [0, 1].map((n) =>
    instance(
      faulty(
        fates.filter((_, index) => index % 2 === n),
        late,
      ),
      kept,
    ),
  );
  const startedAtMs = Date.now() - CALL_TIMEOUT_MS - 60_000;
  const open = await Promise.all(
    calls.map(async ({ instance: n, end, input }) => {
      const { journal, settler } = instances[n] as Instance;
      const requestId = freshId();
      const hold = sampleHold({
        requestId,
        nonce: `nonce-${requestId}`,
        startedAtMs,
        attribution: { sessionId: "s1" },
      });
      const written = await journal.write(hold, false);
      const settlement: Settlement = {
        entries: [sampleDraft(hold, { input })],
        holdId: hold.holdId,
        hold: written.status === "landed" ? written.hold : null,
      };
      if (end === "settles") await settler.settle(settlement);
      return { hold, end, input, settlement, settler, isKnown: written.status === "landed" };
    }),
  );
  await Promise.all(late);
  await Promise.all([care(), care()]);
  for (const { end, settler, settlement } of open) {
    if (end === "settles late") await settler.settle(settlement);
  }
  await Promise.all(late);
  const calm = instance(real, kept);
  for (const settlement of kept) await calm.settler.settleAlone(settlement);
  await trigger();
  await Promise.all([care(), care()]);
  await care();
  const entries = await documentsOf("usage_tracking");
  const costs = open.flatMap(({ hold, end, input, isKnown }) => {
    const own = entries.filter(([, { nonce }]) => nonce === hold.nonce).map(([, entry]) => entry);
    const cost = own.reduce((sum, { costNanoUsd }) => sum + Number(costNanoUsd), 0);
    const begun = own.filter(({ kind }) => kind === "call").length;
    if (end === "crashes") {
      const isRight = begun === 0 ? !isKnown : begun === 1 && cost === hold.bound.nanoUsd;
      return isRight ? [] : [`crashed call has ${begun} entries of ${cost}`];
    }
    return begun === 1 && cost === input * 1_000 ? [] : [`${end}: ${begun} entries of ${cost}`];
  });
  return [...costs, ...(await balance())];
}

interface Instance {
  readonly journal: Journal;
  readonly settler: Settler;
}

function instance(store: LedgerStore, kept: Settlement[]): Instance {
  const clock = { nowMs: Date.now, schedule: () => () => {} };
  return {
    journal: new Journal({ store, clock, deadlineMs: DEADLINE_MS }),
    settler: new Settler({
      store,
      clock,
      shards: SHARDS,
      deadlineMs: DEADLINE_MS,
      randomId: freshId,
      keepElsewhere: async (settlement) => {
        kept.push(settlement);
      },
    }),
  };
}

/** The real store, whose commits meet these fates in turn; then they land. */
function faulty(fates: readonly Fate[], late: Promise<unknown>[]): LedgerStore {
  const left = [...fates];
  const silence = {
    status: "unclear",
    cause: new Error("no answer"),
    ended: Promise.resolve(),
  } as const;
  return {
    ...real,
    commit: async (writes: readonly Write[], deadlineMs: number): Promise<CommitOutcome> => {
      const next = left.shift() ?? "lands";
      if (next === "lost" || next === "refused") return silence;
      if (next === "lands_late") {
        const landing = new Promise((resolve) => setTimeout(resolve, 15)).then(() =>
          real.commit(writes, deadlineMs),
        );
        late.push(landing);
        return silence;
      }
      const outcome = await real.commit(writes, deadlineMs);
      if (next === "lands_unheard") return silence;
      return next === "lands_twice" ? real.commit(writes, deadlineMs) : outcome;
    },
  };
}

function care() {
  const { settler } = instance(real, []);
  return careForLedger(
    {
      store: real,
      settler,
      aggregate: { store: real, deadlineMs: DEADLINE_MS, knownKeys: new KeyMemory() },
      retentionDays: RETENTION_DAYS,
      outboxGraceMs: 0,
      randomId: freshId,
      reportFailure: (_what, _id, cause) => {
        throw cause;
      },
    },
    new Date(Date.now() + 1_000),
  );
}

/** Every event twice, both at once. */
async function trigger(): Promise<void> {
  const { items } = await real.oldOutbox(new Date(Date.now() + 60_000), 500, undefined);
  const deps = { store: real, deadlineMs: DEADLINE_MS, knownKeys: new KeyMemory() };
  await Promise.all(
    [...items, ...items].map(({ id, value }) => aggregate(deps, id, value, new Date())),
  );
}

async function balance(): Promise<string[]> {
  const sums = new Balance();
  const left: string[] = [];
  for (const collection of COLLECTIONS) {
    for (const [id, fields] of await documentsOf(collection)) {
      sums.changed({ collection, id }, undefined, fields);
      if (["usage_holds", "usage_outbox"].includes(collection)) left.push(`${collection}/${id}`);
    }
  }
  return [...sums.problems(), ...left];
}

async function documentsOf(collection: string): Promise<[string, Fields & Partial<Entry>][]> {
  const { docs } = await db.collection(collection).get();
  return docs.map((doc) => [doc.id, fieldsOf(doc)]);
}

async function clear(): Promise<void> {
  for (const collection of COLLECTIONS) await db.recursiveDelete(db.collection(collection));
}

function freshId(): string {
  ids += 1;
  return `id-${ids}`;
}
