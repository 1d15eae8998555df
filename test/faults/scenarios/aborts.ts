import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { SimRecord } from "../../../tools/sim-model/records.ts";
import { eventually } from "../../e2e/harness/eventually.ts";
import { inParallel } from "../../e2e/harness/parallel.ts";
import { fireServed } from "../../e2e/harness/schedule.ts";
import { type Books, booksOf, expectClosed } from "../harness/books.ts";
import { askAndLeave, type Leaving } from "../harness/leaving.ts";
import { callOf, type Planned, send } from "../harness/load.ts";
import type { Random } from "../harness/random.ts";
import { type Scene, useScene } from "../harness/scene.ts";

export interface AbortsOptions {
  readonly streams: number;
  readonly atOnce: number;
  readonly timeoutMs: number;
}

type By = "client" | "client before the first word" | "provider" | "both";

interface PlannedAbort extends Planned {
  readonly by: By;
  readonly leaving?: Leaving;
}

const USERS = ["ann", "ben", "cyd"];
/** The output limit of stream n is this + n: the model's records keep it, and so they say which stream it was. */
const FIRST_LIMIT = 1_000;
const WARM_UPS = 20;
const FIRST_WARM_UP = 1_000_000;
const CHUNKS = 60;
const CHUNK_DELAY_MS = 10;

/** Streams are broken off at random moments, by those who asked and by the provider. */
export function describeAborts({ streams, atOnce, timeoutMs }: AbortsOptions): void {
  jest.setTimeout(timeoutMs);
  const scene = useScene({ name: "aborts", processes: 1, users: USERS });

  describe(`${streams} streams that break off, ${atOnce} at a time`, () => {
    let plans: PlannedAbort[];
    let leftAt: (Date | null)[];
    let books: Books;
    let records: Map<number, SimRecord>;

    beforeAll(async () => {
      plans = Array.from({ length: streams }, (_, index) => plan(index, scene().random));
      await warmUp(scene());
      leftAt = await inParallel(streams, atOnce, (index) => run(scene(), index, plans[index]));
      books = await eventually(
        () => booksOf(scene().project),
        ({ entries }) => entries.length >= streams + WARM_UPS,
      );
      books = { ...books, entries: books.entries.filter((entry) => callOf(entry) < streams) };
      records = new Map(
        scene()
          .model.records()
          .map((record) => [Number(record.maxTokens) - FIRST_LIMIT, record]),
      );
      report();
    }, timeoutMs);

    it("leave one entry each, which says how it ended and what it cost", () => {
      expect(books.entries.map(callOf).toSorted((a, b) => a - b)).toEqual(plans.map((_, n) => n));
      for (const { fields } of books.entries) {
        expect(["ok", "aborted", "error"]).toContain(fields.status);
        expect(fields).toMatchObject({ attempt: 1, priceStatus: "priced" });
        expect(fields.costNanoUsd).toBe(
          Number(fields.inputCostNanoUsd) + Number(fields.outputCostNanoUsd),
        );
      }
    });

    it("are charged for what was sent, and for no more than the model has written", () => {
      for (const entry of books.entries) {
        const { fields } = entry;
        const { promptTokens = 0, completionTokens = 0 } = records.get(callOf(entry)) ?? {};
        expect(fields.inputTokens).toBe(promptTokens);
        expect(fields.outputTokens).toBeLessThanOrEqual(completionTokens + 1);
        const isKnown = fields.status === "ok" || promptTokens === 0;
        expect(fields.usageStatus).toBe(isKnown ? "exact" : "estimated");
      }
    });

    it("are charged for all that came before the provider broke off", () => {
      const cut = books.entries.filter((entry) => plans[callOf(entry)]?.by === "provider");
      const written = cut.map((entry) => records.get(callOf(entry))?.completionTokens);
      expect(cut.map(({ fields }) => fields.outputTokens)).toEqual(written);
    });

    it("are left at the provider, whose connections have gone", () => {
      const leftOnes = [...records.values()].filter(({ outcome }) => outcome === "aborted");
      expect(leftOnes.length).toBeGreaterThan(streams / 3);
      const { inFlight, openSockets } = scene().model.stats();
      expect(inFlight).toBe(0);
      expect(openSockets).toBeLessThanOrEqual(atOnce);
    });

    it("leave no hold, and add up", async () => {
      expect(books.holds).toEqual([]);
      await fireServed(await scene().doors.url(scene().random), "careForLedger", 2);
      expectClosed(await booksOf(scene().project));
    });

    function report(): void {
      const count = (status: string) =>
        books.entries.filter(({ fields }) => fields.status === status).length;
      const tookMs = delays(leftAt, records);
      const at = (share: number) => tookMs[Math.ceil(tookMs.length * share) - 1];
      const tokens = (all: readonly unknown[]) =>
        all.reduce<number>((sum, n) => sum + Number(n), 0);
      const ours = tokens(books.entries.map(({ fields }) => fields.outputTokens));
      const written = tokens([...records.values()].map((record) => record.completionTokens));
      process.stdout.write(
        `aborts: ${count("aborted")} aborted, ${count("error")} error, ${count("ok")} ok; ` +
          `the provider is left ${at(0.5)} ms after the client (p50; p95 ${at(0.95)}, most ${at(1)}), ` +
          `${tookMs.length} times; ${ours} output tokens charged of ${written} written\n`,
      );
    }
  });
}

/** How long after each caller had left the model saw it, in ms, shortest first. */
function delays(
  leftAt: readonly (Date | null)[],
  records: ReadonlyMap<number, SimRecord>,
): number[] {
  const found = leftAt.flatMap((left, index) => {
    const record = records.get(index);
    if (left === null || record?.outcome !== "aborted") return [];
    return [Date.parse(record.at) - left.getTime()];
  });
  return found.toSorted((a, b) => a - b);
}

function plan(index: number, random: Random): PlannedAbort {
  const by = random.pick<By>([
    "client",
    "client",
    "client before the first word",
    "provider",
    "both",
  ]);
  const isEarly = by === "client before the first word";
  const sim = [
    `tokens=${CHUNKS} chunks=${CHUNKS} chunkDelay=${CHUNK_DELAY_MS}`,
    isEarly ? "latency=1500" : "",
    by === "provider" || by === "both" ? `cutAfter=${random.from(0, CHUNKS - 1)}` : "",
  ].join(" ");
  const leaving: Leaving = isEarly
    ? { after: "asking", delayMs: random.from(300, 1_200) }
    : { after: "first piece", delayMs: random.from(0, CHUNKS * CHUNK_DELAY_MS) };
  return {
    uid: random.pick(USERS),
    content: `Story ${index}, and make it long. [sim ${sim}]`,
    isStreamed: true,
    more: { maxOutputTokens: FIRST_LIMIT + index, sessionId: "s1" },
    by,
    ...(by === "provider" ? {} : { leaving }),
  };
}

/** So that nobody waits for what a process loads at its first calls. */
async function warmUp(scene: Scene): Promise<void> {
  const calls = Array.from({ length: WARM_UPS }, (_, n) => {
    const planned = { uid: "ann", content: "Hi [sim tokens=3]", isStreamed: true };
    return send(scene, FIRST_WARM_UP + n, planned);
  });
  await Promise.all(calls);
}

async function run(scene: Scene, index: number, planned: PlannedAbort | undefined) {
  if (!planned) throw new Error(`nothing is planned for ${index}`);
  if (planned.leaving) return askAndLeave(scene, index, planned, planned.leaving);
  await send(scene, index, planned);
  return null;
}
