import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { eventually } from "../e2e/harness/eventually.ts";
import { inParallel } from "../e2e/harness/parallel.ts";
import { billedNanoUsd } from "../e2e/harness/prices.ts";
import { fireServed } from "../e2e/harness/schedule.ts";
import { find } from "../e2e/harness/store.ts";
import { type Books, booksOf, expectClosed } from "./harness/books.ts";
import { callOf, type Sent, send } from "./harness/load.ts";
import { useScene } from "./harness/scene.ts";

jest.setTimeout(90_000);

const PAIRS = 30;
const OPEN = 30;
/** Longer than this file runs: its callers never have an answer. */
const NEVER = "[sim latency=300000]";
/** Output limits say in the model's records which call it was. */
const PAIR_LIMIT = 1_000;
const OPEN_LIMIT = 2_000;
const LATE_LIMIT = 3_000;

const scene = useScene({
  name: "races",
  processes: 2,
  users: ["ann", "ben"],
  env: { JOURNAL: "before" },
});

const books = () => booksOf(scene().project);
const recordsOf = (limit: number) =>
  scene()
    .model.records()
    .filter((r) => r.maxTokens === limit);

async function careIn(minutes: number): Promise<void> {
  await fireServed(await scene().doors.url(scene().random), "careForLedger", minutes);
}

function kindsOf(sent: readonly Sent[]): string[] {
  return sent.map(({ ending }) => (ending.kind === "refused" ? ending.reason : ending.kind)).sort();
}

describe("the same request id, sent twice at once", () => {
  let pairs: Sent[][];
  beforeAll(async () => {
    pairs = await inParallel(PAIRS, 8, (index) => {
      const more = { requestId: `pair-${index}`, maxOutputTokens: PAIR_LIMIT + index };
      const content = `Pair ${index} [sim tokens=3 latency=${scene().random.from(0, 60)}]`;
      return Promise.all([1, 2].map(() => send(scene(), index, { uid: "ann", content, more })));
    });
  });

  it("is answered once and refused once", () => {
    for (const pair of pairs) expect(kindsOf(pair)).toEqual(["DUPLICATE_REQUEST", "answered"]);
  });

  it("runs once, and has one entry", async () => {
    const { entries, holds } = await books();
    expect(holds).toEqual([]);
    for (let index = 0; index < PAIRS; index += 1) {
      expect(recordsOf(PAIR_LIMIT + index)).toHaveLength(1);
      expect(entries.filter((entry) => callOf(entry) === index)).toHaveLength(1);
    }
  });
});

describe("several sweepers at once, one of which dies", () => {
  let before: Books;
  let after: Books;
  beforeAll(async () => {
    const { doors, random, project } = scene();
    const earlier = (await books()).entries.length;
    const lost = inParallel(OPEN, OPEN, (index) =>
      send(scene(), index, { uid: "ben", content: NEVER, more: { maxOutputTokens: OPEN_LIMIT } }),
    );
    await eventually(
      () => find("usage_holds", {}, { project }),
      (holds) => holds.length === OPEN,
    );
    await doors.killOne(random);
    await doors.killOne(random);
    await lost;
    await doors.isWhole();
    before = await books();
    expect(before.entries).toHaveLength(earlier);
    const sweeping = [1, 2, 3, 4].map(() => careIn(11).catch(() => "died"));
    await doors.killOne(random);
    await Promise.all(sweeping);
    await careIn(11);
    after = await books();
  }, 90_000);

  it("turn each hold into one entry", () => {
    const estimates = after.entries.filter(({ fields }) => fields.usageStatus === "estimated");
    const ids = (documents: Books["holds"]) =>
      documents.map(({ fields }) => fields.requestId).sort();
    expect(ids(estimates)).toEqual(ids(before.holds));
    expect(after.entries).toHaveLength(before.entries.length + OPEN);
  });

  it("leave books that close", async () => {
    await careIn(13);
    expectClosed(await books());
  });
});

describe("a call that care has given up on, and that is answered all the same", () => {
  it("has its estimate corrected to what it cost", async () => {
    const content = "Slowly [sim tokens=7 latency=8000]"; // So that care comes first, however busy the machine is.
    const more = { maxOutputTokens: LATE_LIMIT, requestId: "late" };
    const answer = send(scene(), 0, { uid: "ann", content, more });
    await eventually(books, ({ holds }) => holds.length === 1);
    await careIn(11);
    const [estimate] = (await books()).entries.filter(({ fields }) => fields.requestId === "late");
    expect(estimate?.fields).toMatchObject({ status: "expired", usageStatus: "estimated" });
    expect((await answer).ending.kind).toBe("answered");

    const late = (await books()).entries.filter(({ fields }) => fields.requestId === "late");
    expect(late.map(({ fields }) => fields.kind).sort()).toEqual(["call", "correction"]);
    const costNanoUsd = late.reduce((sum, { fields }) => sum + Number(fields.costNanoUsd), 0);
    expect(recordsOf(LATE_LIMIT).map((record) => Number(billedNanoUsd(record)))).toEqual([
      costNanoUsd,
    ]);
    await careIn(15);
    expectClosed(await books());
  });
});
