import type { Budget } from "../../budgets/budget.ts";
import { FirstOpenings } from "../../budgets/first-openings.ts";
import { WindowOpener } from "../../budgets/open-windows.ts";
import { LONGEST_CALL_MS } from "../../budgets/opening.ts";
import { memoryBudgets } from "../../budgets/testing/memory-budget-store.ts";
import { hashId } from "../../core/ids.ts";
import { ManualClock } from "../../core/testing/manual-clock.ts";
import { Admitter } from "../admitter.ts";
import { aggregate, KeyMemory } from "../aggregate.ts";
import { Bookings } from "../bookings.ts";
import { careForLedger } from "../care.ts";
import { earlierUsage } from "../earlier-usage.ts";
import type { Entry } from "../entry.ts";
import { LedgerStoreError } from "../errors.ts";
import type { Hold, LandedHold } from "../hold.ts";
import { Journal } from "../journal.ts";
import type { Outbox } from "../outbox.ts";
import { decodeSettlement, encodeSettlement } from "../overflow.ts";
import type { Fields, Write } from "../plan.ts";
import type { LedgerStore } from "../port.ts";
import { recordOnce } from "../record-once.ts";
import type { Settlement } from "../settle.ts";
import { Settler } from "../settler.ts";
import { runAdmitted } from "./admitted-call.ts";
import { endedEntries } from "./ended-call.ts";
import { Interleaver } from "./interleaver.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import { type Fate, memoryLedger } from "./memory-store.ts";
import { sampleAdmission } from "./sample-admission.ts";
import { RETENTION_DAYS, sampleDraft, sampleHold } from "./sample-call.ts";
import { Balance } from "./sums.ts";
import { type BudgetWish, WorldBudgets } from "./world-budgets.ts";
import type { CallRecord, CallSpec, Process, TrackRecord, TriggerEvent } from "./world-types.ts";

export const SHARDS = 2;
const STARTED_MS = Date.parse("2026-11-30T23:40:00Z");
const BUDGET_CACHE_MS = 30_000;
/** Of an admission: its tries, and its wait for settles. */
const MOST_PAUSES = 60;

/** Callers, instances, triggers and schedules over one store; everything that can go wrong does, by the seed. */
export class LedgerWorld {
  readonly clock = new ManualClock(STARTED_MS);
  readonly documents = new MemoryDocuments();
  readonly calls: CallRecord[] = [];
  readonly tracks: TrackRecord[] = [];
  readonly budgets = new WorldBudgets();
  readonly balance = new Balance();
  /** Users and months with an entry that took so long that no opening waits for it. */
  readonly overlong = new Set<string>();
  readonly landedHolds = new Set<string>();
  readonly interleaver: Interleaver;
  kept: Settlement[] = [];
  private events: TriggerEvent[] = [];
  private processes: [Process, Process];
  private fates: readonly Fate[];
  private ids = 0;

  constructor(seed: number, fates: readonly Fate[]) {
    this.interleaver = new Interleaver(seed);
    this.fates = fates;
    this.documents.onChanged = (doc, before, after) => {
      this.balance.changed(doc, before, after);
      this.budgets.changed(doc, before, after);
      if (!before && after) this.onCreated(doc.collection, doc.id, after);
    };
    this.processes = [this.makeProcess(), this.makeProcess()];
  }

  startCall(which: number, spec: CallSpec): void {
    const by = this.process(which);
    const nonce = this.freshId("nonce");
    const sample = {
      requestId: spec.clientId === undefined ? this.freshId("request") : `client-${spec.clientId}`,
      nonce,
      startedAtMs: this.clock.nowMs(),
      budgets: this.budgetsKnownTo(by),
      attribution: { userId: spec.user, sessionId: spec.session ? "s1" : null },
    };
    const hold = sampleHold(sample);
    const classes = { input: spec.inputTokens, output: spec.outputTokens };
    const record: CallRecord = {
      spec,
      nonce,
      by,
      boundsNanoUsd: [hold.bound.nanoUsd],
      actualNanoUsd: sampleDraft(hold, classes).costNanoUsd,
      attempts: 1,
      requests: 1,
      expiresAtMs: hold.expiresAt.getTime(),
      reached: false,
      admitted: false,
      ended: "open",
      leftBefore: undefined,
      left: Promise.withResolvers(),
      overAtMs: undefined,
    };
    this.calls.push(record);
    const request = sampleAdmission({
      ...sample,
      inputTokens: spec.inputTokens,
      output: spec.waits ? [1_000, 1_000] : [100, 1_000],
      idIsTheClients: spec.clientId !== undefined,
    });
    if (request.windows.length > 0) void runAdmitted(this, record, request);
    else void this.runCall(record, hold, classes);
  }

  /** The caller of a call leaves: whatever it has come to by then is settled. */
  abort(which: number): void {
    const by = this.process(which);
    const open = this.calls.filter((call) => call.by === by && call.ended === "open");
    const call = this.interleaver.pick(open.filter(({ leftBefore }) => leftBefore === undefined));
    if (!call) return;
    call.leftBefore = call.reached ? "answered" : "sent";
    call.left.resolve();
  }

  /** The provider works, until it has answered or nobody waits for it any more. */
  async provide({ by, left }: CallRecord): Promise<void> {
    await this.whileAlive(by, Promise.race([this.interleaver.turn(), left.promise]));
  }

  track(which: number, clientId: number, variant: number): void {
    void this.runTrack(this.process(which), clientId, variant);
  }

  /** A trigger's event, or every event that waits; some are delivered twice, and again until they succeed. */
  deliver(which: number, twice: boolean): void {
    const event = this.interleaver.pick(this.events);
    if (!event) return;
    if (!twice) this.events = this.events.filter((other) => other !== event);
    void this.runTrigger(this.process(which), event);
  }

  loseEvent(): void {
    this.events.shift();
  }

  crash(which: number): void {
    this.process(which).alive = false;
    this.processes[which % 2] = this.makeProcess();
  }

  sweep(which: number): void {
    const by = this.process(which);
    void this.whileAlive(
      by,
      careForLedger(
        {
          store: by.store,
          clock: this.clock,
          settler: by.settler,
          aggregate: by.aggregate,
          retentionDays: RETENTION_DAYS,
          outboxGraceMs: 0,
          randomId: () => this.freshId("outbox"),
          reportFailure: () => {},
        },
        new Date(this.clock.nowMs() + 1),
      ),
    );
  }

  /** A message may be delivered again while it is being written, or late, after others. */
  replay(which: number): void {
    const settlement = this.interleaver.pick(this.kept);
    if (settlement) void this.runReplay(this.process(which), settlement);
  }

  /** A budget, made or changed, that nobody has heard of yet. */
  setBudget(wish: BudgetWish): void {
    this.budgets.set(wish, this.clock.nowMs());
  }

  /** What must never be, whatever else is under way. */
  problems(): string[] {
    return [...this.balance.problems(), ...this.budgets.problems];
  }

  openWindows(which: number): void {
    void this.runOpening(this.process(which));
  }

  /** No more faults: everything that waits comes to its end, and is cared for until nothing is left to do. */
  async calmDown(): Promise<void> {
    this.fates = ["lands"];
    await this.interleaver.runOut();
    for (let pauses = 0; pauses < MOST_PAUSES && this.clock.pending > 0; pauses += 1) {
      this.clock.advance(130);
      await this.interleaver.runOut();
    }
    for (let round = 0; round < 5 && (round < 2 || !this.isQuiet()); round += 1) {
      this.clock.advance(20 * 60_000);
      for (const settlement of [...this.kept]) void this.runReplay(this.process(0), settlement);
      await this.interleaver.runOut();
      this.sweep(0);
      await this.interleaver.runOut();
    }
    this.openWindows(1);
    await this.interleaver.runOut();
  }

  private isQuiet(): boolean {
    const left = [...this.documents.list("usage_holds"), ...this.documents.list("usage_outbox")];
    return left.length + this.kept.length === 0;
  }

  entries(): Entry[] {
    return this.documents
      .list("usage_tracking")
      .map(({ snapshot }) => snapshot.fields as unknown as Entry);
  }

  private process(which: number): Process {
    return this.processes[which % 2 === 0 ? 0 : 1];
  }

  private makeProcess(): Process {
    const process = { alive: true, knowsBudgetsOfMs: this.clock.nowMs() } as Process;
    const memory = memoryLedger({
      documents: this.documents,
      fateOf: (writes) => this.fateOf(writes),
      turn: () => this.interleaver.turn(),
      readFails: () => this.fates.length > 1 && this.interleaver.random() < 0.05,
    });
    const store: LedgerStore = {
      ...memory,
      commit: (...args) => this.whileAlive(process, memory.commit(...args)),
      read: (...args) => this.whileAlive(process, memory.read(...args)),
      readMaps: (...args) => this.whileAlive(process, memory.readMaps(...args)),
      oldOutbox: (...args) => this.whileAlive(process, memory.oldOutbox(...args)),
      expiredHolds: (...args) => this.whileAlive(process, memory.expiredHolds(...args)),
    };
    const randomId = () => this.freshId("outbox");
    const bookings = new Bookings({ store, clock: this.clock, shards: SHARDS, randomId });
    return Object.assign(process, {
      store,
      journal: new Journal({ bookings, store, clock: this.clock, deadlineMs: 2_000 }),
      admitter: this.makeAdmitter(process, store),
      settler: new Settler({
        bookings,
        store,
        clock: this.clock,
        shards: SHARDS,
        deadlineMs: 3_000,
        randomId,
        keepElsewhere: async (settlement) => {
          if (process.alive) this.kept.push(travelled(settlement));
        },
      }),
      aggregate: { store, deadlineMs: 20_000, knownKeys: new KeyMemory() },
    });
  }

  private makeAdmitter(process: Process, store: LedgerStore): Admitter {
    const openings = new FirstOpenings({
      store: this.budgetStore(process),
      earlier: earlierUsage(store, () => this.clock.nowMs()),
      now: () => new Date(this.clock.nowMs()),
    });
    return new Admitter({
      store,
      clock: this.clock,
      random: this.interleaver.random,
      deadlineMs: 2_000,
      waitMs: 2_000,
      mostWaitMs: 5_000,
      open: (budget, window) => openings.open(budget, window),
    });
  }

  private budgetStore(process: Process) {
    return memoryBudgets({
      documents: this.documents,
      turn: () => this.whileAlive(process, this.interleaver.turn()),
    });
  }

  private async runCall(
    record: CallRecord,
    hold: ReturnType<typeof sampleHold>,
    classes: { readonly input: number; readonly output: number },
  ): Promise<void> {
    const { by, spec } = record;
    const mustWait = spec.waits || spec.clientId !== undefined;
    const written = by.journal.write(hold, spec.clientId !== undefined);
    if (mustWait) {
      const result = await written;
      if (result.status === "unclear" && result.ended !== undefined)
        void this.withdraw(record, hold, result.ended);
      if (result.status !== "landed") {
        record.ended = "refused";
        record.overAtMs = this.clock.nowMs();
        return;
      }
    }
    record.reached = true;
    await this.provide(record);
    const settledAt = new Date(this.clock.nowMs());
    by.journal.forgo(hold.holdId);
    const result = await written;
    const landed = result.status === "landed" ? result.hold : null;
    const isRepeated = spec.raises && record.leftBefore === undefined;
    const raised = isRepeated && landed ? await this.raise(record, hold, landed) : landed;
    const entries = endedEntries(record, hold, classes, settledAt, isRepeated);
    const settlement = { entries, holdId: hold.holdId, hold: raised };
    record.ended = await this.whileAlive(by, by.settler.settle(settlement, settledAt.getTime()));
  }

  /** For a second attempt, which waits for nothing. */
  private raise({ by, boundsNanoUsd }: CallRecord, hold: Hold, landed: LandedHold) {
    const bound = { ...hold.bound, nanoUsd: 2 * hold.bound.nanoUsd };
    boundsNanoUsd.push(bound.nanoUsd);
    return by.journal.raise(landed, bound);
  }

  async withdraw(record: CallRecord, hold: Hold, ended: Promise<void>): Promise<void> {
    await record.by.journal.withdraw(hold, { ended: this.whileAlive(record.by, ended) });
    record.overAtMs = this.clock.nowMs();
  }

  private async runTrack(by: Process, clientId: number, variant: number): Promise<void> {
    const payloadHash = `variant-${variant}`;
    const requestId = `tracked-${clientId}`;
    const hold = sampleHold({
      requestId,
      nonce: hashId("track", requestId, payloadHash),
      payloadHash,
      startedAtMs: this.clock.nowMs(),
      budgets: this.budgetsKnownTo(by),
    });
    const settledAt = new Date(this.clock.nowMs());
    const draft = sampleDraft(hold, { input: 10 + variant, output: 3 }, { settledAt });
    const context = {
      now: settledAt,
      shards: SHARDS,
      randomId: () => this.freshId("outbox"),
    };
    let status: TrackRecord["status"] = "failed";
    try {
      status = (await recordOnce(by.store, draft, context, 3_000)).status;
    } catch {
      // The caller is told to send it again.
    }
    this.tracks.push({ entryId: draft.entryId, payloadHash, status });
  }

  private async runTrigger(by: Process, event: TriggerEvent): Promise<void> {
    try {
      const now = new Date(this.clock.nowMs());
      await aggregate(by.aggregate, event.id, event.outbox, now);
    } catch {
      this.events.push(event);
    }
  }

  private async runReplay(by: Process, settlement: Settlement): Promise<void> {
    try {
      await by.settler.settleAlone(settlement);
      this.kept = this.kept.filter((other) => other !== settlement);
    } catch (cause) {
      if (!(cause instanceof LedgerStoreError)) throw cause;
    }
  }

  private async runOpening(by: Process): Promise<void> {
    const store = this.budgetStore(by);
    const now = new Date(this.clock.nowMs());
    const opener = new WindowOpener(
      {
        store,
        earlier: earlierUsage(by.store, () => this.clock.nowMs()),
        reportFailure: () => {},
      },
      now,
    );
    await opener.openNamed(this.budgets.knownAt(this.clock.nowMs()));
  }

  private onCreated(collection: string, id: string, fields: Fields): void {
    if (collection === "usage_outbox") {
      this.events.push({ id, outbox: fields as unknown as Outbox });
    }
    if (collection === "usage_holds") this.landedHolds.add(String(fields.nonce));
    if (collection !== "usage_tracking") return;
    this.noteOverlong(fields as unknown as Entry);
  }

  private noteOverlong({ userId, month, startedAt }: Entry): void {
    const tookMs = this.clock.nowMs() - startedAt.getTime();
    if (tookMs > LONGEST_CALL_MS) this.overlong.add(`${userId} ${month}`);
  }

  /** As a cached list does it: what is older than 30 s is known, what is younger perhaps. */
  private budgetsKnownTo(process: Process): Budget[] {
    const nowMs = this.clock.nowMs();
    if (nowMs - process.knowsBudgetsOfMs >= BUDGET_CACHE_MS || this.interleaver.random() < 0.3) {
      process.knowsBudgetsOfMs = nowMs;
    }
    return this.budgets.knownAt(process.knowsBudgetsOfMs);
  }

  private fateOf(_writes: readonly Write[]): Fate {
    return this.interleaver.pick(this.fates);
  }

  private freshId(what: string): string {
    this.ids += 1;
    return `${what}-${this.ids}`;
  }

  whileAlive<T>(process: Process, work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      work.then(
        (value) => process.alive && resolve(value),
        (cause) => process.alive && reject(cause),
      );
    });
  }
}

/** As it comes out of a message or a log line. */
function travelled(settlement: Settlement): Settlement {
  const decoded = decodeSettlement(encodeSettlement(settlement));
  if ("problem" in decoded) throw new Error(decoded.problem);
  return decoded.settlement;
}
