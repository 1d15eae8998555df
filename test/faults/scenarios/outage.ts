import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { SimRecord } from "../../../tools/sim-model/records.ts";
import { eventually } from "../../e2e/harness/eventually.ts";
import { type Served, serveEventFunction } from "../../e2e/harness/framework.ts";
import { billedNanoUsd } from "../../e2e/harness/prices.ts";
import { type PullLoop, pullLoop } from "../../e2e/harness/pull-loop.ts";
import { fireServed } from "../../e2e/harness/schedule.ts";
import { find } from "../../e2e/harness/store.ts";
import { type Books, booksOf, expectClosed } from "../harness/books.ts";
import { block } from "../harness/budgets.ts";
import { answersOf, callOf, countEndings, type Planned, send } from "../harness/load.ts";
import { startPhases, type Told } from "../harness/phases.ts";
import { type Replayed, replay } from "../harness/replay.ts";
import { useScene } from "../harness/scene.ts";

export interface OutageOptions {
  /** For so long Firestore alone swallows everything: longer than the 3.5 s after which a settlement leaves it. */
  readonly firestoreMs: number;
  /** Then Pub/Sub as well. */
  readonly bothMs: number;
  /** A call so often. */
  readonly everyMs: number;
  readonly processes: number;
  readonly timeoutMs: number;
}

type Phase = "before" | "firestore" | "both" | "after";

const FREE = "ann";
const BLOCKED = "ben";
/** The output limit of call n is this + n, so that the model's records say which call it was. */
const FIRST_LIMIT = 1_000;
const MAX_LATENCY_MS = 300;
/** Calls that are with the model when the outage begins, told from the load's by numbers below 0. */
const CAUGHT = [-1, -2, -3];
const CAUGHT_LATENCY_MS = 1_500;
/** For whoever comes when the list of budgets has to be read again; then the last one stands for 5 s. */
const LIST_MS = 2_000;
/** After the model's answer: 3.5 s for Firestore, 1.5 s for Pub/Sub. */
const SETTLE_MS = 5_000;
const BUSY_MACHINE_MS = 1_500;
/** Once all is back, a minute's worth of late commits has to be worked off by the few cores of this machine. */
const CATCH_UP_MS = 10_000;
const ANSWER_BOUND_MS = LIST_MS + MAX_LATENCY_MS + SETTLE_MS + BUSY_MACHINE_MS;
/** Answers before and after. */
const ENOUGH = 20;
const REFUSAL_BOUND_MS = 5_000;

/** Firestore swallows everything under load, then Pub/Sub too, and both come back. */
export function describeOutage(options: OutageOptions): void {
  const { firestoreMs, bothMs, everyMs, processes, timeoutMs } = options;
  jest.setTimeout(timeoutMs);
  const scene = useScene({
    name: "outage",
    processes,
    users: [FREE, BLOCKED],
    env: { BUDGET_CACHE_SECONDS: "30" },
  });

  describe(`Firestore that swallows all for ${(firestoreMs + bothMs) / 1_000} s, then Pub/Sub too`, () => {
    let told: readonly Told<Phase>[];
    let overflow: PullLoop;
    let writer: Served;
    let replayed: Replayed;
    let books: Books;

    beforeAll(async () => {
      const { project, env, doors } = scene();
      overflow = await pullLoop(project, "usage-overflow");
      await block(scene(), {
        scope: "user",
        scopeId: BLOCKED,
        unit: "usd",
        window: "day",
        limitUsd: "100",
      });
      told = await loadUnderOutage();
      writer = await serveEventFunction("writeOverflow", env);
      overflow.deliverTo(writer.url, 2);
      await eventually(
        async () => overflow.waiting(),
        (waiting) => waiting === 0,
        60_000,
      );
      replayed = await replay(scene(), doors.output());
      await eventually(holdsOfRefused, (holds) => holds.length === 0, 90_000);
      await careIn(11);
      await careIn(15);
      books = await booksOf(project);
      report();
    }, timeoutMs);
    afterAll(() => Promise.all([overflow.stop(), writer.stop()]));

    it("costs no call its answer that no block budget holds, and delays it by so much at most", () => {
      const free = told.filter(({ uid }) => uid === FREE);
      expect(countEndings(free)).toEqual({ answered: free.length });
      const meanwhile = free.filter(({ ended }) => ended !== "after");
      expect(slowestOf(meanwhile)).toBeLessThan(ANSWER_BOUND_MS);
      expect(slowestOf(free)).toBeLessThan(ANSWER_BOUND_MS + CATCH_UP_MS);
      for (const phase of ["firestore", "both", "after"] as const) {
        expect(free.filter(({ begun }) => begun === phase).length).toBeGreaterThan(ENOUGH / 4);
      }
    });

    it("costs no call its answer that a block budget had let in before", () => {
      const caught = told.filter(({ index }) => CAUGHT.includes(index));
      expect(countEndings(caught)).toEqual({ answered: CAUGHT.length });
      expect(slowestOf(caught)).toBeGreaterThan(CAUGHT_LATENCY_MS);
      expect(slowestOf(caught)).toBeLessThan(CAUGHT_LATENCY_MS + ANSWER_BOUND_MS);
      const records = recordsByCall();
      const letIn = told.filter(({ uid, index }) => uid === BLOCKED && records.has(index));
      expect(countEndings(letIn)).toEqual({ answered: letIn.length });
    });

    it("has calls under a block budget refused within 5 s, before they cost anything", () => {
      const blocked = told.filter(({ uid, ended }) => uid === BLOCKED && ended !== "after");
      const meanwhile = blocked.filter(({ begun }) => begun !== "before");
      expect(countEndings(meanwhile)).toEqual({ STORE_UNAVAILABLE: meanwhile.length });
      expect(meanwhile.length).toBeGreaterThan(ENOUGH / 4);
      expect(slowestOf(meanwhile)).toBeLessThan(REFUSAL_BOUND_MS);
    });

    it("ends for them too", () => {
      const afterwards = told.filter(({ uid, begun }) => uid === BLOCKED && begun === "after");
      expect(countEndings(afterwards).answered).toBeGreaterThan(0);
    });

    it("sends entries by way of Pub/Sub, and where that is down too into the log", () => {
      expect(overflow.messages().length).toBeGreaterThan(0);
      expect(replayed.lines).toBeGreaterThan(0);
    });

    it("leaves one entry for each answer, billed as the model did, and none beside them", () => {
      const answered = told.filter(({ ending }) => ending.kind === "answered");
      const records = recordsByCall();
      expect([...records.keys()].sort()).toEqual(answered.map(({ index }) => index).sort());
      const booked = books.entries.map((entry) => ({
        call: callOf(entry),
        nanoUsd: entry.fields.costNanoUsd,
      }));
      const billed = [...records].map(([call, record]) => ({
        call,
        nanoUsd: Number(billedNanoUsd(record)),
      }));
      expect(sorted(booked)).toEqual(sorted(billed));
      expect(books.entries.map(({ id }) => id).sort()).toEqual(
        answersOf(answered)
          .map(({ entryId }) => entryId)
          .sort(),
      );
    });

    it("leaves books that close, and that another replay does not change", async () => {
      expectClosed(books);
      await replay(scene(), scene().doors.output());
      expect(await booksOf(scene().project)).toEqual(books);
    });

    async function loadUnderOutage(): Promise<readonly Told<Phase>[]> {
      const { firestore, pubsub, random } = scene();
      const load = startPhases<Phase>(scene(), everyMs, "before", plan);
      await load.answers(ENOUGH);
      const caught = await admitCaught();
      load.enter("firestore");
      firestore.swallow("everything");
      await pause(firestoreMs);
      load.enter("both");
      pubsub.swallow("everything");
      await pause(bothMs);
      load.enter("after");
      if (random.happens(0.5)) firestore.cut();
      await Promise.all([firestore.pass(), pubsub.pass()]);
      await load.answers(ENOUGH);
      return [...(await load.stop()), ...(await Promise.all(caught))];
    }

    /** Resolves once all of them have their hold, and so are with the model. */
    async function admitCaught(): Promise<Promise<Told<Phase>>[]> {
      const content = `Slowly [sim tokens=5 latency=${CAUGHT_LATENCY_MS}]`;
      const caught = CAUGHT.map(async (index) => {
        const more = { maxOutputTokens: FIRST_LIMIT + index };
        const sent = await send(scene(), index, { uid: BLOCKED, content, more });
        return { ...sent, uid: BLOCKED, begun: "before", ended: "firestore" } as const;
      });
      await eventually(
        async () => (await find("usage_holds", {}, { project: scene().project })).map(callOf),
        (calls) => CAUGHT.every((index) => calls.includes(index)),
      );
      return caught;
    }

    /** Every second call is under a block budget. */
    function plan(index: number): Planned {
      const latencyMs = scene().random.from(0, MAX_LATENCY_MS);
      return {
        uid: index % 2 === 0 ? FREE : BLOCKED,
        content: `Question ${index} [sim tokens=5 latency=${latencyMs}]`,
        more: { maxOutputTokens: FIRST_LIMIT + index, sessionId: `s${index % 5}` },
      };
    }

    /** Their commits may land late; then they are withdrawn. */
    async function holdsOfRefused(): Promise<number[]> {
      const refused = new Set(
        told.filter(({ ending }) => ending.kind === "refused").map(({ index }) => index),
      );
      const holds = await find("usage_holds", {}, { project: scene().project });
      return holds.map(callOf).filter((index) => refused.has(index));
    }

    function recordsByCall(): Map<number, SimRecord> {
      return new Map(
        scene()
          .model.records()
          .map((record) => [Number(record.maxTokens) - FIRST_LIMIT, record]),
      );
    }

    async function careIn(minutes: number): Promise<void> {
      await fireServed(await scene().doors.url(scene().random), "careForLedger", minutes);
    }

    function report(): void {
      const lines = (["firestore", "both", "after"] as const).map((phase) => {
        const of = told.filter(({ begun }) => begun === phase);
        return `${phase}: ${JSON.stringify(countEndings(of))}, ${describeSlowest(of)}`;
      });
      process.stdout.write(
        `outage, ${lines.join("\noutage, ")}\n` +
          `outage: ${overflow.messages().length} by way of Pub/Sub, ${replayed.lines} replayed\n`,
      );
    }
  });
}

function slowestOf(told: readonly Told<Phase>[]): number {
  return Math.max(0, ...told.map(({ tookMs }) => tookMs));
}

/** "the slowest answered 5.3 s, refused 2.5 s" */
function describeSlowest(told: readonly Told<Phase>[]): string {
  const kinds = (["answered", "refused"] as const).map((kind) => {
    const slowestMs = slowestOf(told.filter(({ ending }) => ending.kind === kind));
    return `${kind} ${(slowestMs / 1_000).toFixed(1)} s`;
  });
  return `the slowest ${kinds.join(", ")}`;
}

function sorted<T extends { readonly call: number }>(bills: readonly T[]): T[] {
  return [...bills].sort((a, b) => a.call - b.call);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
