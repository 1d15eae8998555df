import { describe, expect, it } from "@jest/globals";
import { Bookings } from "./bookings.ts";
import { type Hold, holdKey } from "./hold.ts";
import { Journal } from "./journal.ts";
import type { CommitOutcome, Write } from "./plan.ts";
import type { LedgerStore } from "./port.ts";
import type { Settlement } from "./settle.ts";
import { Settler } from "./settler.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";
import { smallStore } from "./testing/small-store.ts";

const STARTED_MS = Date.parse("2026-11-22T13:59:00Z");
const IN_TIME_MS = STARTED_MS + 2_000;

describe("Bookings", () => {
  it("writes holds and settlements that wait at the same time in one commit", async () => {
    const { bookings, commits, land, world } = setUp();
    const [first, second, third] = ["r1", "r2", "r3"].map(holdOf) as [Hold, Hold, Hold];
    const booked = [bookings.hold(first, IN_TIME_MS)];
    booked.push(bookings.settle(settlementOf(second), IN_TIME_MS));
    booked.push(bookings.hold(third, IN_TIME_MS));
    await land();
    await land();
    const outcomes = await Promise.all(booked);
    expect(commits.map(kindsOf)).toEqual([
      ["usage_holds"],
      ["usage_holds", "usage_outbox", "usage_tracking"],
    ]);
    const versionOf = ({ holdId }: Hold) => world.documents.get(holdKey(holdId))?.version;
    expect(outcomes).toEqual([
      { status: "done", versions: [versionOf(first)] },
      { status: "done", versions: [] },
      { status: "done", versions: [versionOf(third)] },
    ]);
  });

  it("forgoes a hold that still waits, and none that is on its way", async () => {
    const { bookings, land, world } = setUp();
    const [first, second] = ["r1", "r2"].map(holdOf) as [Hold, Hold];
    const [sent, waiting] = [bookings.hold(first, IN_TIME_MS), bookings.hold(second, IN_TIME_MS)];
    for (const { holdId } of [first, second]) bookings.forgo(holdId);
    expect(await waiting).toBe("forgone");
    await land();
    expect(await sent).toMatchObject({ status: "done" });
    bookings.forgo(first.holdId);
    expect(Object.keys(world.all("usage_holds"))).toEqual([first.holdId]);
  });

  it("gives who comes last its own time, and lets who came first go at its own, unclear", async () => {
    const { bookings, land, world, deadlines } = setUp();
    const [first, old, fresh] = ["r1", "r2", "r3"].map(holdOf) as [Hold, Hold, Hold];
    void bookings.hold(first, IN_TIME_MS);
    const settled = watched(bookings.settle(settlementOf(old), STARTED_MS + 300));
    world.clock.advance(290);
    const held = watched(bookings.hold(fresh, STARTED_MS + 2_290));
    await land();
    expect(deadlines).toEqual([2_000, 2_000]);
    world.clock.advance(10);
    await turns();
    expect([settled.now, held.now]).toMatchObject([{ status: "unclear" }, undefined]);
    world.clock.advance(500);
    expect(Object.keys(world.all("usage_tracking"))).toEqual([]);
    await land();
    expect(held.now).toMatchObject({ status: "done", versions: [expect.anything()] });
    expect(Object.keys(world.all("usage_tracking"))).toEqual([old.entryId]);
  });

  it("says of who went first that it has ended when the commit of all can no longer land", async () => {
    const { bookings, land, world } = setUp();
    const [first, old, fresh] = ["r1", "r2", "r3"].map(holdOf) as [Hold, Hold, Hold];
    void bookings.hold(first, IN_TIME_MS);
    const early = watched(bookings.hold(old, STARTED_MS + 300));
    const late = bookings.hold(fresh, IN_TIME_MS);
    await land();
    world.clock.advance(300);
    await turns();
    const ended = watched((early.now as { readonly ended: Promise<void> }).ended.then(() => true));
    const ends = Promise.withResolvers<void>();
    world.outcomes.push({ status: "unclear", cause: new Error("lost"), ended: ends.promise });
    await land();
    expect((await late) as unknown).toMatchObject({ status: "unclear" });
    await turns();
    expect(ended.now).toBe(undefined);
    ends.resolve();
    await turns();
    expect(ended.now).toBe(true);
  });

  it("looks at what was refused together one by one, each within its own time", async () => {
    const { bookings, land, world, commits, deadlines } = setUp();
    const [first, taken, fresh] = ["r1", "r2", "r3"].map(holdOf) as [Hold, Hold, Hold];
    const doc = holdKey(taken.holdId);
    world.documents.apply([{ kind: "create", doc, fields: { ...taken } }]);
    void bookings.hold(first, IN_TIME_MS);
    const booked = [bookings.hold(taken, STARTED_MS + 300), bookings.hold(fresh, IN_TIME_MS)];
    await land();
    world.clock.advance(300);
    await land();
    await land();
    const [refused, written] = await Promise.all(booked);
    expect([refused, written]).toMatchObject([{ status: "unclear" }, { status: "done" }]);
    expect(commits).toHaveLength(3);
    expect(deadlines).toEqual([2_000, 2_000, 1_700]);
  });

  it("does not try what had waited until its time was over", async () => {
    const { bookings, land, world, commits } = setUp();
    const [first, second] = ["r1", "r2"].map(holdOf) as [Hold, Hold];
    const booked = [bookings.hold(first, IN_TIME_MS), bookings.hold(second, STARTED_MS + 10)];
    world.clock.advance(10);
    await land();
    expect((await Promise.all(booked))[1]).toBe("late");
    expect(commits).toHaveLength(1);
  });
});

describe("a journal and a settler that share their bookings", () => {
  it("leave an entry and no hold, whether the hold was written or forgone", async () => {
    const { journal, settler, world, land } = setUp();
    const [first, second] = ["r1", "r2"].map(holdOf) as [Hold, Hold];
    const written = [journal.write(first, false), journal.write(second, false)];
    for (const { holdId } of [first, second]) journal.forgo(holdId);
    await land();
    const [landed, forgone] = await Promise.all(written);
    expect([landed?.status, forgone?.status]).toEqual(["landed", "forgone"]);
    const hold = landed?.status === "landed" ? landed.hold : null;
    const settled = [
      settler.settle({ ...settlementOf(first), hold }),
      settler.settle(settlementOf(second)),
    ];
    await land();
    await land();
    expect(await Promise.all(settled)).toEqual(["ledger", "ledger"]);
    expect(world.all("usage_holds")).toEqual({});
    expect(Object.keys(world.all("usage_tracking")).sort()).toEqual(
      [first.entryId, second.entryId].sort(),
    );
  });
});

function setUp() {
  const world = { ...smallStore(STARTED_MS), outcomes: [] as CommitOutcome[] };
  const commits: Write[][] = [];
  const deadlines: number[] = [];
  const flights: (() => void)[] = [];
  const store: LedgerStore = {
    ...world.store,
    commit: async (writes, deadlineMs) => {
      commits.push([...writes]);
      deadlines.push(deadlineMs);
      await new Promise<void>((resolve) => flights.push(resolve));
      return world.outcomes.shift() ?? world.store.commit(writes, deadlineMs);
    },
  };
  let ids = 0;
  const randomId = () => {
    ids += 1;
    return `outbox-${ids}`;
  };
  const { clock } = world;
  const bookings = new Bookings({ store, clock, shards: 4, randomId });
  const journal = new Journal({ bookings, store, clock, deadlineMs: 2_000 });
  const settler = new Settler({
    ...{ bookings, store, clock, shards: 4, deadlineMs: 3_000, randomId },
    keepElsewhere: async () => {},
  });
  /** Lets the oldest commit land, and those who wait for it hear of it. */
  const land = async () => {
    flights.shift()?.();
    await turns();
  };
  return { world, bookings, journal, settler, commits, deadlines, land };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** What a promise has come to by now. */
function watched<T>(work: Promise<T>): { now: T | undefined } {
  const seen: { now: T | undefined } = { now: undefined };
  void work.then((value) => {
    seen.now = value;
  });
  return seen;
}

function holdOf(requestId: string): Hold {
  return sampleHold({ requestId, nonce: `nonce-${requestId}`, startedAtMs: STARTED_MS });
}

function settlementOf(hold: Hold): Settlement {
  return {
    entries: [sampleDraft(hold, { input: 10, output: 5 })],
    holdId: hold.holdId,
    hold: null,
  };
}

function kindsOf(writes: readonly Write[]): string[] {
  return [...new Set(writes.map(({ doc }) => doc.collection))].sort();
}
