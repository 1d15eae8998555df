import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { serveEventFunction } from "../../e2e/harness/framework.ts";
import { inParallel } from "../../e2e/harness/parallel.ts";
import { fireServed } from "../../e2e/harness/schedule.ts";
import { find, type Stored, snapshot } from "../../e2e/harness/store.ts";
import { sumOfEntries, sumOfField, type Tree } from "../../e2e/harness/sums.ts";
import { booksOf, expectClosed } from "../harness/books.ts";
import { type Fleet, startFleet } from "../harness/fleet.ts";
import { type Planned, send } from "../harness/load.ts";
import type { Random } from "../harness/random.ts";
import { useScene } from "../harness/scene.ts";
import { runTriggers, type TriggerRunner } from "../harness/trigger-runner.ts";

export interface EventsOptions {
  readonly calls: number;
  readonly atOnce: number;
  readonly processes: number;
  readonly aggregators: number;
  /** Of aggregators. */
  readonly kills: number;
  readonly looks: number;
  readonly timeoutMs: number;
}

const USERS = ["ann", "ben", "cyd"];
const FAULTS = { dropped: 0.15, doubled: 0.4, maxDelayMs: 1_500 };

/** Events that are doubled, dropped, delayed and out of order, to instances that die. */
export function describeEvents(options: EventsOptions): void {
  const { calls, atOnce, processes, kills, looks, timeoutMs } = options;
  jest.setTimeout(timeoutMs);
  /** Few shards, so that events meet on the same documents. */
  const env = { DAY_SHARDS: "2" };
  const scene = useScene({ name: "events", processes, users: USERS, env });

  describe(`events of ${calls} calls, doubled, dropped, late and out of order, to instances that die`, () => {
    let aggregators: Fleet;
    let runner: TriggerRunner;
    const instants: { entries: Tree; counted: Tree }[] = [];

    beforeAll(async () => {
      const { project, random } = scene();
      aggregators = await startFleet(options.aggregators, () =>
        serveEventFunction("aggregateUsage", scene().env),
      );
      const planned = Array.from({ length: calls }, (_, index) => plan(index, random));
      const killAt = new Set(Array.from({ length: kills }, () => random.from(atOnce, calls - 1)));
      const lookAt = new Set(Array.from({ length: looks }, () => random.from(atOnce, calls - 1)));
      runner = runTriggers(project, aggregators, random, FAULTS);
      const dying: Promise<void>[] = [];
      await inParallel(calls, atOnce, async (index) => {
        if (killAt.has(index)) dying.push(aggregators.killOne(random));
        if (lookAt.has(index)) instants.push(await bothSidesNow(project));
        await send(scene(), index, planned[index] as Planned);
      });
      await Promise.all(dying);
      await runner.stop();
      const { events, dropped, deliveries, repeats } = runner.counts;
      process.stdout.write(
        `events: ${events}, of which ${dropped} dropped; ${deliveries} deliveries, ${repeats} repeated\n`,
      );
    }, timeoutMs);
    afterAll(async () => aggregators.stop());

    it("are at every instant in the aggregates or still in the outbox", () => {
      expect(instants.length).toBeGreaterThan(0);
      for (const { entries, counted } of instants) expect(counted).toEqual(entries);
    });

    it("leave in the outbox what never came, and nothing else", async () => {
      const { outbox, entries } = await booksOf(scene().project);
      expect(outbox).toHaveLength(runner.counts.dropped);
      expect(entries).toHaveLength(calls);
      expect(runner.counts.deliveries).toBeGreaterThan(runner.counts.events);
    });

    it("are made good by two cares at once, while the same events come again", async () => {
      const again = runner.seen().filter(() => scene().random.happens(0.5));
      await Promise.all([
        careIn(11),
        careIn(11),
        inParallel(again.length, 8, (index) => runner.deliverAgain(again[index] as Stored)),
      ]);
      await careIn(13);
      expectClosed(await booksOf(scene().project));
    });

    async function careIn(minutes: number): Promise<void> {
      await fireServed(await scene().doors.url(scene().random), "careForLedger", minutes);
    }
  });
}

function plan(index: number, random: Random): Planned {
  return {
    uid: random.pick(USERS),
    content: `Question ${index} [sim tokens=${random.from(1, 30)}]`,
    more: {
      model: random.pick(["gpt-4o", "gpt-4o-mini", "gpt-4.1-mini"]),
      sessionId: `s${random.from(1, 3)}`,
    },
  };
}

/** Of one instant: what the entries say, and what days and outbox say together. */
async function bothSidesNow(project: string): Promise<{ entries: Tree; counted: Tree }> {
  const transaction = await snapshot(project);
  const [entries, days, outbox] = await Promise.all(
    ["usage_tracking", "usage_daily", "usage_outbox"].map((name) =>
      find(name, {}, { project, transaction }),
    ),
  );
  const pending = (outbox ?? [])
    .flatMap(({ fields }) => fields.targets as { collection: string; add: Tree }[])
    .filter(({ collection }) => collection === "usage_daily")
    .map(({ add }) => ({ fields: add }) as unknown as Stored);
  return {
    entries: sumOfEntries(entries ?? []),
    counted: sumOfField([...(days ?? []), ...pending], "totals"),
  };
}
