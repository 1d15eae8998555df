import { FirstOpenings } from "../../budgets/first-openings.ts";
import { Admitter } from "../../ledger/admitter.ts";
import { aggregate, KeyMemory } from "../../ledger/aggregate.ts";
import { Bookings } from "../../ledger/bookings.ts";
import { careForLedger } from "../../ledger/care.ts";
import { earlierUsage } from "../../ledger/earlier-usage.ts";
import type { Entry } from "../../ledger/entry.ts";
import { Journal } from "../../ledger/journal.ts";
import type { CommitOutcome, DocumentKey, Fields, Write } from "../../ledger/plan.ts";
import type { LedgerStore } from "../../ledger/port.ts";
import type { Settlement } from "../../ledger/settle.ts";
import { Settler } from "../../ledger/settler.ts";
import type { Fate } from "../../ledger/testing/memory-store.ts";
import { RETENTION_DAYS } from "../../ledger/testing/sample-call.ts";
import { Balance } from "../../ledger/testing/sums.ts";
import { firestoreBudgets } from "../budget-store.ts";
import { fieldsOf } from "../documents.ts";
import { firestoreLedger } from "../ledger-store.ts";
import { bothClients } from "./clients.ts";
import { emulatorDatabase, emulatorProject } from "./emulator.ts";

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
  "budget_windows",
];

/** An instance of the functions. */
export interface Instance {
  readonly journal: Journal;
  readonly admitter: Admitter;
  readonly settler: Settler;
}

/** The ledger over Firestore's emulator, committed to as in production, with instances and schedules as a test wants them. */
export class RealLedger {
  readonly db;
  readonly store: LedgerStore;
  /** How many were sent. */
  commits = 0;
  private ids = 0;

  private readonly clients;

  /** @param name of a project of its own */
  constructor(name: string) {
    this.db = emulatorDatabase(name);
    this.clients = bothClients(this.db, emulatorProject(name));
    this.store = firestoreLedger(this.db, SHARDS, (writes, deadlineMs) => {
      this.commits += 1;
      return this.clients.wire(writes, deadlineMs);
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.db.terminate(), this.clients.close()]);
  }

  freshId(): string {
    this.ids += 1;
    return `id-${this.ids}`;
  }

  instance(store: LedgerStore, kept: Settlement[]): Instance {
    const randomId = () => this.freshId();
    const bookings = new Bookings({ store, clock: REAL_TIME, shards: SHARDS, randomId });
    const journal = new Journal({ bookings, store, clock: REAL_TIME, deadlineMs: DEADLINE_MS });
    const openings = new FirstOpenings({
      store: firestoreBudgets(this.db, DEADLINE_MS),
      earlier: earlierUsage(this.store, Date.now),
      now: () => new Date(),
    });
    const admitter = new Admitter({
      store,
      clock: REAL_TIME,
      random: Math.random,
      deadlineMs: DEADLINE_MS,
      waitMs: 0,
      mostWaitMs: 0,
      open: (budget, window) => openings.open(budget, window),
    });
    const settler = new Settler({
      bookings,
      store,
      clock: REAL_TIME,
      shards: SHARDS,
      deadlineMs: DEADLINE_MS,
      randomId,
      keepElsewhere: async (settlement) => {
        kept.push(settlement);
      },
    });
    return { journal, admitter, settler };
  }

  /** The real store, whose commits meet these fates in turn; then they land. */
  faulty(fates: readonly Fate[], late: Promise<unknown>[]): LedgerStore {
    const left = [...fates];
    const { store } = this;
    const silence = (ended = Promise.resolve()) =>
      ({ status: "unclear", cause: new Error("no answer"), ended }) as const;
    return {
      ...store,
      commit: async (writes: readonly Write[], deadlineMs: number): Promise<CommitOutcome> => {
        const next = left.shift() ?? "lands";
        if (next === "lost" || next === "refused") return silence();
        if (next === "lands_late") {
          const landing = new Promise((resolve) => setTimeout(resolve, 15)).then(() =>
            store.commit(writes, deadlineMs),
          );
          late.push(landing);
          return silence(landing.then(() => {}));
        }
        const outcome = await store.commit(writes, deadlineMs);
        if (next === "lands_unheard") return silence();
        return next === "lands_twice" ? store.commit(writes, deadlineMs) : outcome;
      },
    };
  }

  care() {
    const { store } = this;
    return careForLedger(
      {
        store,
        clock: REAL_TIME,
        settler: this.instance(store, []).settler,
        aggregate: { store, deadlineMs: DEADLINE_MS, knownKeys: new KeyMemory() },
        retentionDays: RETENTION_DAYS,
        outboxGraceMs: 0,
        randomId: () => this.freshId(),
        reportFailure: (_what, _id, cause) => {
          throw cause;
        },
      },
      new Date(Date.now() + 1_000),
    );
  }

  /** Every event twice, both at once. */
  async trigger(): Promise<void> {
    const { store } = this;
    const { items } = await store.oldOutbox(new Date(Date.now() + 60_000), 500, undefined);
    const deps = { store, deadlineMs: DEADLINE_MS, knownKeys: new KeyMemory() };
    await Promise.all(
      [...items, ...items].map(({ id, value }) => aggregate(deps, id, value, new Date())),
    );
  }

  /** What is wrong in the end: sums that are off, holds and outbox documents that are left. */
  async problems(): Promise<string[]> {
    const sums = new Balance();
    const left: string[] = [];
    for (const collection of COLLECTIONS) {
      for (const [id, fields] of await this.documentsOf(collection)) {
        sums.changed({ collection, id }, undefined, fields);
        if (["usage_holds", "usage_outbox"].includes(collection)) left.push(`${collection}/${id}`);
      }
    }
    return [...sums.problems(), ...left];
  }

  async documentsOf(collection: string): Promise<[string, Fields & Partial<Entry>][]> {
    const { docs } = await this.db.collection(collection).get();
    return docs.map((doc) => [doc.id, fieldsOf(doc)]);
  }

  async clear(): Promise<void> {
    for (const collection of COLLECTIONS) {
      await this.db.recursiveDelete(this.db.collection(collection));
    }
  }
}

const REAL_TIME = {
  nowMs: Date.now,
  schedule: (delayMs: number, callback: () => void) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  soon: setImmediate,
};
