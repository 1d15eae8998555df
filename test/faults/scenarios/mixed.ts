import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { SimRecord } from "../../../tools/sim-model/records.ts";
import { eventually } from "../../e2e/harness/eventually.ts";
import { inParallel } from "../../e2e/harness/parallel.ts";
import { billedNanoUsd } from "../../e2e/harness/prices.ts";
import { fireServed } from "../../e2e/harness/schedule.ts";
import { find, type Stored } from "../../e2e/harness/store.ts";
import { type Books, booksOf, expectClosed } from "../harness/books.ts";
import { askAndLeave } from "../harness/leaving.ts";
import { callOf, type Ending, type Planned, send } from "../harness/load.ts";
import { memoryMiB, openSockets } from "../harness/process-stats.ts";
import type { Random } from "../harness/random.ts";
import { replay } from "../harness/replay.ts";
import { type Scene, useScene } from "../harness/scene.ts";

export interface MixedOptions {
  readonly calls: number;
  readonly atOnce: number;
  /** What memory may grow by in the second half of the calls. */
  readonly growthMiB: number;
  readonly timeoutMs: number;
}

/** What goes wrong with a call: directives for the model, and how many times it is asked at most. */
const KINDS = {
  fine: { sim: "", asked: 1, ends: "answered" },
  slow: { sim: "latency=250", asked: 1, ends: "answered" },
  "limited once": { sim: "fault=429 retryAfter=0 times=1", asked: 2, ends: "answered" },
  "failing once": { sim: "fault=500 times=1", asked: 2, ends: "answered" },
  "reset once": { sim: "fault=reset times=1", asked: 2, ends: "answered" },
  "reset always": { sim: "fault=reset", asked: 3, ends: "refused" },
  "limited for long": { sim: "fault=429 retryAfter=60", asked: 1, ends: "refused" },
  cut: { sim: "cutAfter=2", asked: 1, ends: "refused" },
  nonsense: { sim: "fault=badjson", asked: 1, ends: "refused" },
  "without usage": { sim: "usage=none", asked: 1, ends: "answered" },
  left: { sim: "chunkDelay=30", asked: 1, ends: "left" },
} as const;

type Kind = keyof typeof KINDS;

/** The more often, the more common. */
const MIX: readonly Kind[] = [
  ...Array<Kind>(8).fill("fine"),
  ...Array<Kind>(2).fill("left"),
  ...(Object.keys(KINDS) as Kind[]),
];

const USERS = ["ann", "ben", "cyd", "dan", "eve", "fay"];
const MODEL = "gpt-4.1-mini";
/** The output limit of call n is this + n: the model's records keep it, and so they say which call it was. */
const FIRST_LIMIT = 1_000;
/** Pools keep idle connections as long as the provider says: here 75 s. */
const IDLE_GONE_MS = 90_000;

/** Later than a hold of now expires. */
const AFTER_EXPIRY_MINUTES = 15;

const REPLAY_TIMEOUT_MS = 60_000;

/** Every kind of trouble that a provider and callers make, mixed; then every call has to be accounted for. */
export function describeMixed({ calls, atOnce, growthMiB, timeoutMs }: MixedOptions): void {
  jest.setTimeout(timeoutMs);
  // Without indexes the emulator looks through all entries for each sum, and takes nothing else meanwhile.
  const env = { COMPARE_PER_RUN: "0" };
  const scene = useScene({ name: "mixed", processes: 1, users: USERS, env });

  describe(`${calls} mixed calls, ${atOnce} at a time`, () => {
    let plans: { readonly kind: Kind; readonly planned: Planned }[];
    let endings: (Ending | Date | null)[];
    let books: Books;
    let records: Map<number, SimRecord[]>;
    const memory: number[] = [];
    let socketsBefore: number | null;

    beforeAll(async () => {
      const [pid = 0] = scene().doors.pids();
      plans = Array.from({ length: calls }, (_, index) => plan(index, scene().random));
      const tenth = Math.ceil(calls / 10);
      socketsBefore = openSockets(pid);
      const startedMs = performance.now();
      let caring = Promise.resolve();
      endings = await inParallel(calls, atOnce, (index) => {
        if (index % tenth === 0) {
          memory.push(memoryMiB(pid));
          caring = caring.then(() => care());
        }
        return run(scene(), index, plans[index] as (typeof plans)[number]);
      });
      memory.push(memoryMiB(pid));
      const tookMs = performance.now() - startedMs;
      await caring;
      // What the emulator did not take in time is in the log.
      await eventually(replayed, (open) => open.length === 0, REPLAY_TIMEOUT_MS);
      await care(AFTER_EXPIRY_MINUTES);
      expect(await find("usage_holds", {}, { project: scene().project })).toEqual([]);
      books = await booksOf(scene().project);
      records = Map.groupBy(
        scene().model.records(),
        ({ maxTokens }) => Number(maxTokens) - FIRST_LIMIT,
      );
      report(tookMs);
    }, timeoutMs);

    it("end for their callers as they had to", () => {
      const wrong = plans.flatMap(({ kind }, index) => {
        const ending = endings[index];
        const { ends } = KINDS[kind];
        const isRight = ends === "left" || (ending as Ending | null)?.kind === ends;
        return isRight ? [] : [{ index, kind, ending }];
      });
      expect(wrong).toEqual([]);
    });

    it("have one entry for each time that the model was asked, and no more than they may", () => {
      const entries = entriesByCall(books.entries);
      for (const [index, { kind }] of plans.entries()) {
        const own = entries.get(index) ?? [];
        const asked = records.get(index) ?? [];
        expect(own.map(({ fields }) => fields.attempt)).toEqual(own.map((_, n) => n + 1));
        expect(asked.length).toBeLessThanOrEqual(KINDS[kind].asked);
        if (KINDS[kind].ends !== "left") expect(asked).toHaveLength(KINDS[kind].asked);
        /** Who leaves before the model was asked has an entry that costs nothing. */
        expect(own).toHaveLength(Math.max(asked.length, 1));
        if (asked.length === 0)
          expect(own[0]?.fields).toMatchObject({ status: "aborted", totalTokens: 0 });
      }
      expect(books.entries.length).toBe([...entries.values()].flat().length);
    });

    it("are charged to the nano-dollar where the model has told, and never nothing where it may bill", () => {
      const byRequestId = new Map(
        [...records.values()].flat().map((record) => [record.requestIdHeader, record]),
      );
      for (const { fields } of books.entries) {
        const record = byRequestId.get(String(fields.providerRequestId));
        if (fields.usageStatus === "estimated") expect(fields.costNanoUsd).toBeGreaterThan(0);
        else expect(fields.costNanoUsd).toBe(record?.usage ? Number(billedNanoUsd(record)) : 0);
      }
    });

    it("leave no memory behind", () => {
      const half = memory[Math.floor(memory.length / 2)] ?? 0;
      expect((memory.at(-1) ?? 0) - half).toBeLessThan(growthMiB);
    });

    it("leave no connection at the model, and no socket once those that are idle have gone", async () => {
      expect(scene().model.stats().inFlight).toBe(0);
      expect(scene().model.stats().openSockets).toBeLessThanOrEqual(atOnce);
      if (calls < 1_000) return;
      const gone = async () => scene().model.stats().openSockets;
      await eventually(gone, (open) => open === 0, IDLE_GONE_MS);
      const [pid = 0] = scene().doors.pids();
      const left = openSockets(pid);
      process.stdout.write(`mixed: ${socketsBefore} sockets before, ${left} after\n`);
      if (socketsBefore !== null) expect(left).toBeLessThanOrEqual(socketsBefore + 5);
    });

    it("add up", async () => {
      await care();
      expectClosed(await booksOf(scene().project));
    });

    async function replayed(): Promise<Stored[]> {
      const { lines } = await replay(scene(), scene().doors.output());
      process.stdout.write(`mixed: ${lines} settlements in the log\n`);
      return openHolds();
    }

    /** Of calls that have no entry yet. A hold that landed after its call had settled stays until it expires. */
    async function openHolds(): Promise<Stored[]> {
      const { project } = scene();
      const holds = await find("usage_holds", {}, { project });
      const entries = await Promise.all(
        holds.map(({ fields }) =>
          find("usage_tracking", { requestId: String(fields.requestId) }, { project }),
        ),
      );
      return holds.filter((_, index) => entries[index]?.length === 0);
    }

    /** Adds up what is there, all along, as triggers would. */
    async function care(inMinutes = 2): Promise<void> {
      await fireServed(await scene().doors.url(scene().random), "careForLedger", inMinutes);
    }

    function report(tookMs: number): void {
      const status = Map.groupBy(books.entries, ({ fields }) => String(fields.status));
      const counts = [...status].map(([name, found]) => `${found.length} ${name}`).join(", ");
      process.stdout.write(
        `mixed: ${calls} calls in ${(tookMs / 1_000).toFixed(1)} s, ${books.entries.length} entries ` +
          `(${counts}); memory ${memory.join(", ")} MiB\n`,
      );
    }
  });
}

function plan(index: number, random: Random): { kind: Kind; planned: Planned } {
  const kind = random.pick(MIX);
  const sim = `tokens=${random.from(6, 30)} ${KINDS[kind].sim}`;
  return {
    kind,
    planned: {
      uid: random.pick(USERS),
      content: `Question ${index}, ${kind}? [sim ${sim}]`,
      isStreamed: kind === "cut" || random.happens(1 / 2),
      more: {
        model: MODEL,
        maxOutputTokens: FIRST_LIMIT + index,
        sessionId: `s${random.from(1, 3)}`,
        ...(random.happens(1 / 4) ? { requestId: `id-${index}` } : {}),
      },
    },
  };
}

function run(
  scene: Scene,
  index: number,
  { kind, planned }: { readonly kind: Kind; readonly planned: Planned },
): Promise<Ending | Date | null> {
  if (kind !== "left") return send(scene, index, planned).then(({ ending }) => ending);
  const delayMs = scene.random.from(0, 400);
  return askAndLeave(scene, index, planned, { after: "first piece", delayMs });
}

function entriesByCall(entries: readonly Stored[]): Map<number, Stored[]> {
  const inOrder = entries.toSorted((a, b) => Number(a.fields.attempt) - Number(b.fields.attempt));
  return Map.groupBy(inOrder, callOf);
}
