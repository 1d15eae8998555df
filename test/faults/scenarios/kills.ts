import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import type { SimRecord } from "../../../tools/sim-model/records.ts";
import { inParallel } from "../../e2e/harness/parallel.ts";
import { billedNanoUsd } from "../../e2e/harness/prices.ts";
import { fireServed } from "../../e2e/harness/schedule.ts";
import { type Books, booksOf, expectClosed } from "../harness/books.ts";
import { block } from "../harness/budgets.ts";
import { callOf, type Planned, type Sent, send } from "../harness/load.ts";
import type { Random } from "../harness/random.ts";
import { type Scene, useScene } from "../harness/scene.ts";

export interface KillsOptions {
  readonly calls: number;
  readonly atOnce: number;
  readonly processes: number;
  readonly kills: number;
  /** JOURNAL; "beside" makes only those under a block budget wait for their hold. */
  readonly journal: "before" | "beside";
  /** Who is under a block budget. */
  readonly blocked: readonly string[];
  readonly timeoutMs: number;
}

export const USERS = ["ann", "ben", "cyd", "dan"];
/** The output limit of call n is this + n: the model's records keep it, and so they say which call it was. */
const FIRST_LIMIT = 1_000;

/** Processes die at random moments under load; then the sweep. */
export function describeKills(options: KillsOptions): void {
  const { calls, atOnce, processes, kills, journal, blocked, timeoutMs } = options;
  jest.setTimeout(timeoutMs);
  const env = { JOURNAL: journal, BUDGET_CACHE_SECONDS: "30" };
  const scene = useScene({ name: "kills", processes, users: USERS, env });

  describe(`${calls} calls over ${processes} processes, of which ${kills} are killed`, () => {
    let sent: Sent[];
    let before: Books;
    let swept: Books;

    beforeAll(async () => {
      for (const scopeId of blocked) {
        await block(scene(), {
          scope: "user",
          scopeId,
          unit: "usd",
          window: "day",
          limitUsd: "90",
        });
        await block(scene(), {
          scope: "user",
          scopeId,
          unit: "tokens",
          window: "month",
          limit: 10 ** 9,
        });
      }
      const startedMs = performance.now();
      sent = await loadUnderKills(scene());
      await scene().doors.isWhole();
      before = await booksOf(scene().project);
      await careIn(11);
      swept = await booksOf(scene().project);
      report(performance.now() - startedMs);
    }, timeoutMs);

    it("leave one exact entry for every caller who had an answer, billed as the model did", () => {
      const records = recordsByCall(scene());
      for (const { index, ending } of sent) {
        if (ending.kind !== "answered") continue;
        const entries = entriesOf(before, index);
        const billed = (records.get(index) ?? []).map((record) => Number(billedNanoUsd(record)));
        expect(
          entries.map(({ id, fields }) => [id, fields.costNanoUsd, fields.usageStatus]),
        ).toEqual(billed.map((nanoUsd) => [ending.response.entryId, nanoUsd, "exact"]));
      }
    });

    it("leave a hold or an entry, never both, of every call that reached the model", () => {
      const open = before.holds.map(callOf);
      const settled = before.entries.map(callOf);
      expect(new Set([...open, ...settled]).size).toBe(open.length + settled.length);
      expect([...open, ...settled]).toEqual(
        expect.arrayContaining([...recordsByCall(scene()).keys()]),
      );
      expect(open.length).toBeGreaterThan(0);
    });

    it("leave an estimate, at all that it could have cost, for each hold that care finds", () => {
      expect(swept.holds).toEqual([]);
      expect(swept.entries).toHaveLength(before.entries.length + before.holds.length);
      for (const hold of before.holds) {
        const { nanoUsd } = hold.fields.bound as { nanoUsd: number };
        expect(entriesOf(swept, callOf(hold)).map(({ fields }) => fields)).toMatchObject([
          { usageStatus: "estimated", status: "expired", costNanoUsd: nanoUsd },
        ]);
      }
    });

    it("add up, and change no more", async () => {
      await careIn(15);
      await careIn(20);
      const after = await booksOf(scene().project);
      expect(after.entries).toEqual(swept.entries);
      expectClosed(after);
    });

    async function loadUnderKills(at: Scene): Promise<Sent[]> {
      const planned = Array.from({ length: calls }, (_, index) => plan(index, at.random));
      const killAt = new Set(Array.from({ length: kills }, (_, n) => momentOf(n, at.random)));
      const dying: Promise<void>[] = [];
      const answers = await inParallel(calls, atOnce, (index) => {
        if (killAt.has(index)) dying.push(at.doors.killOne(at.random));
        return send(at, index, planned[index] as Planned);
      });
      await Promise.all(dying);
      return answers;
    }

    /** Somewhere in the n-th part of the load, and not before all are under way. */
    function momentOf(n: number, random: Random): number {
      const part = Math.floor((calls - atOnce) / kills);
      return atOnce + n * part + random.from(0, part - 1);
    }

    async function careIn(minutes: number): Promise<void> {
      await fireServed(await scene().doors.url(scene().random), "careForLedger", minutes);
    }

    function report(tookMs: number): void {
      const count = (kind: string) => sent.filter(({ ending }) => ending.kind === kind).length;
      process.stdout.write(
        `kills: ${count("answered")} answered, ${count("lost")} lost, ${count("refused")} refused, ` +
          `${before.holds.length} swept, ${(tookMs / 1_000).toFixed(1)} s\n`,
      );
    }
  });
}

/** A third streamed; a third with a request id of its own; answers that take up to 0.4 s. */
function plan(index: number, random: Random): Planned {
  return {
    uid: random.pick(USERS),
    content: `Question ${index} [sim tokens=${random.from(1, 12)} latency=${random.from(0, 400)}]`,
    isStreamed: random.happens(1 / 3),
    more: {
      maxOutputTokens: FIRST_LIMIT + index,
      sessionId: `s${random.from(1, 3)}`,
      ...(random.happens(1 / 3) ? { requestId: `id-${index}` } : {}),
    },
  };
}

function recordsByCall({ model }: Scene): Map<number, SimRecord[]> {
  return Map.groupBy(model.records(), ({ maxTokens }) => Number(maxTokens) - FIRST_LIMIT);
}

function entriesOf(books: Books, call: number) {
  return books.entries.filter((entry) => callOf(entry) === call);
}
