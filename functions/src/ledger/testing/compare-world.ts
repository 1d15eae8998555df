import type { Budget } from "../../budgets/budget.ts";
import { sampleBudget } from "../../budgets/testing/sample-budget.ts";
import { ManualClock } from "../../core/testing/manual-clock.ts";
import { type AggregateDeps, aggregate, KeyMemory } from "../aggregate.ts";
import { COMPARED, type CompareStore } from "../compare-port.ts";
import { type CompareDeps, compareMoved } from "../compare-run.ts";
import type { Entry } from "../entry.ts";
import type { Outbox } from "../outbox.ts";
import type { DocumentKey, Fields } from "../plan.ts";
import type { LedgerStore } from "../port.ts";
import type { Repair } from "../repair.ts";
import type { MadeRepair } from "../repair-once.ts";
import { planSettle } from "../settle.ts";
import { Interleaver } from "./interleaver.ts";
import { memoryCompare } from "./memory-compare.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import { type Fate, memoryLedger } from "./memory-store.ts";
import { sampleDraft, sampleHold } from "./sample-call.ts";
import { Balance } from "./sums.ts";

export const NOW_MS = Date.parse("2026-11-24T12:00:00Z");
const SHARDS = 2;
const AGGREGATES = [...COMPARED, "usage_totals", "usage_tracking", "usage_outbox"] as const;

export interface Booking {
  readonly user: "alice" | "bob";
  readonly session: boolean;
  readonly agent: "a" | "b" | null;
  readonly input: number;
  readonly output: number;
  readonly minutesAgo: number;
}

/** A ledger with everything that is compared, where things go on while it is. */
export class CompareWorld {
  readonly clock = new ManualClock(NOW_MS);
  readonly documents = new MemoryDocuments();
  readonly interleaver: Interleaver;
  readonly store: LedgerStore;
  readonly compare: CompareStore;
  readonly repairs: MadeRepair[] = [];
  readonly failures: unknown[] = [];
  private readonly budgets: readonly Budget[] = [
    sampleBudget({ window: "month", unit: "usd" }),
    sampleBudget({ window: "minute", unit: "requests" }),
    sampleBudget({ scope: "session", window: "day", unit: "requests" }),
    sampleBudget({ scope: "project", window: "day", unit: "tokens" }),
    sampleBudget({ scope: "project", window: "minute", unit: "usd" }),
    sampleBudget({ scope: "agent", window: "month", unit: "tokens" }),
    sampleBudget({ window: "lifetime", unit: "usd" }),
  ].map((budget) => ({ ...budget, since: new Date(0) }));
  private readonly aggregateDeps: AggregateDeps;
  private fates: readonly Fate[];
  private ids = 0;

  constructor(seed: number, fates: readonly Fate[] = ["lands"]) {
    this.fates = fates;
    this.interleaver = new Interleaver(seed);
    const turn = () => this.interleaver.turn();
    const documents = this.documents;
    this.store = memoryLedger({ documents, turn, fateOf: () => "lands" });
    const faulty = memoryLedger({
      documents,
      turn,
      fateOf: () => this.interleaver.pick(this.fates),
    });
    this.compare = memoryCompare(documents, turn, faulty.commit);
    this.aggregateDeps = { store: this.store, deadlineMs: 1_000, knownKeys: new KeyMemory() };
  }

  /** An entry with its outbox document, in one commit, at once. */
  book({ user, session, agent, input, output, minutesAgo }: Booking): void {
    const hold = sampleHold({
      requestId: this.freshId("request"),
      nonce: this.freshId("nonce"),
      startedAtMs: this.clock.nowMs() - minutesAgo * 60_000,
      attribution: { userId: user, sessionId: session ? "s1" : null, agent },
      budgets: this.budgets,
    });
    const settlement = {
      entries: [sampleDraft(hold, { input, output }, { settledAt: this.now() })],
      holdId: null,
      hold: null,
    };
    const context = { now: this.now(), shards: SHARDS, randomId: () => this.freshId("outbox") };
    this.documents.apply(planSettle([settlement], context));
  }

  /** Adds what waits, all or only what stands at these places. */
  async aggregate(isWanted: (index: number) => boolean = () => true): Promise<void> {
    const waiting = this.documents.list("usage_outbox").filter((_, index) => isWanted(index));
    await Promise.all(
      waiting.map(({ id, snapshot }) =>
        aggregate(this.aggregateDeps, id, snapshot.fields as unknown as Outbox, this.now()),
      ),
    );
  }

  care(): Promise<unknown> {
    return compareMoved(this.deps(), 1_000, this.now());
  }

  deps(): CompareDeps {
    return {
      store: this.compare,
      clock: this.clock,
      deadlineMs: 1_000,
      by: "care",
      randomId: () => this.freshId("nonce"),
      reportRepair: async (repair) => void this.repairs.push(repair),
      reportFailure: (_, cause) => this.failures.push(cause),
    };
  }

  /** From now on every commit lands. */
  calmDown(): void {
    this.fates = ["lands"];
  }

  /** Runs work to its end, in whatever order the seed says. */
  async finish<T>(work: Promise<T>): Promise<T> {
    await this.interleaver.runOut();
    return work;
  }

  /** Changes fields of a document behind everybody's back. */
  damage(doc: DocumentKey, change: (fields: Fields) => Fields): void {
    const { fields, version } = this.documents.get(doc) ?? { fields: {}, version: "" };
    this.documents.apply([{ kind: "update", doc, fields: change(fields), version }]);
  }

  /** Everything that is compared, in a fixed order. */
  compared(): DocumentKey[] {
    return COMPARED.flatMap((collection) =>
      this.documents.list(collection).map(({ id }) => ({ collection, id })),
    );
  }

  /** What is off now: aggregates + outbox - entries, and the first and last calls of sessions. */
  problems(): string[] {
    const balance = new Balance();
    for (const collection of AGGREGATES) {
      for (const { id, snapshot } of this.documents.list(collection)) {
        balance.changed({ collection, id }, undefined, snapshot.fields);
      }
    }
    return [...balance.problems(), ...this.sessionProblems()];
  }

  noted(): Repair[] {
    return this.documents
      .list("usage_repairs")
      .map(({ snapshot }) => snapshot.fields as unknown as Repair);
  }

  private sessionProblems(): string[] {
    const entries = this.documents
      .list("usage_tracking")
      .map(({ snapshot }) => snapshot.fields as unknown as Entry);
    return this.documents.list("usage_sessions").flatMap(({ id, snapshot: { fields } }) => {
      const own = entries.filter((each) => each.sessionId && each.userId === fields.userId);
      const starts = own.map(({ startedAt }) => startedAt.getTime());
      const isRight =
        fields.firstAtMs === Math.min(...starts) && fields.lastAtMs === Math.max(...starts);
      return isRight ? [] : [`${id} is from ${fields.firstAtMs} to ${fields.lastAtMs}`];
    });
  }

  private now(): Date {
    return new Date(this.clock.nowMs());
  }

  private freshId(what: string): string {
    this.ids += 1;
    return `${what}-${this.ids}`;
  }
}
