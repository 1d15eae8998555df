import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { GroupCommit } from "./group-commit.ts";
import { ManualClock } from "./testing/manual-clock.ts";

interface Flight {
  readonly items: readonly number[];
  leave(item: number, result: number): void;
  /** Ends the commit; each item's result is its tenfold unless told otherwise. */
  land(results?: readonly number[]): Promise<void>;
  fail(cause: Error): Promise<void>;
}

function setUp(limits: { maxItems?: number; maxInFlight?: number } = {}) {
  const clock = new ManualClock(0);
  const flights: Flight[] = [];
  const group = new GroupCommit<number, number>({
    commit(items, leave) {
      const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
      flights.push({
        items,
        leave,
        land(results = items.map((item) => item * 10)) {
          resolve(results);
          return settled();
        },
        fail(cause) {
          reject(cause);
          return settled();
        },
      });
      return promise;
    },
    clock,
    maxItems: limits.maxItems ?? 100,
    slowAfterMs: 300,
    maxInFlight: limits.maxInFlight ?? 4,
  });
  const batches = () => flights.map(({ items }) => items);
  return { clock, flights, group, batches };
}

/** Lets everything run that waits for a promise only. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe("GroupCommit", () => {
  it("commits at once what finds nothing in flight", () => {
    const { group, batches } = setUp();
    void group.add(1);
    expect(batches()).toEqual([[1]]);
  });

  it("lets an item go before the rest of its batch, for good", async () => {
    const { group, flights } = setUp();
    const results = [1, 2, 3].map((item) => group.add(item));
    await flights[0]?.land();
    flights[1]?.leave(3, 7);
    expect(await results[2]).toBe(7);
    await flights[1]?.land();
    expect(await Promise.all(results)).toEqual([10, 20, 7]);
  });

  it("makes one batch, in order, of what arrives meanwhile", async () => {
    const { group, flights, batches } = setUp();
    const results = [1, 2, 3].map((item) => group.add(item));
    expect(batches()).toEqual([[1]]);
    await flights[0]?.land();
    expect(batches()).toEqual([[1], [2, 3]]);
    await flights[1]?.land();
    expect(await Promise.all(results)).toEqual([10, 20, 30]);
  });

  it("lets nobody wait for a commit that is not his own", async () => {
    const { group, flights } = setUp();
    const first = group.add(1);
    void group.add(2);
    await flights[0]?.land();
    expect(await first).toBe(10);
    expect(flights).toHaveLength(2);
  });

  it("cuts a batch at maxItems, and the rest waits for the next", async () => {
    const { group, flights, batches } = setUp({ maxItems: 2 });
    for (const item of [1, 2, 3, 4]) void group.add(item);
    await flights[0]?.land();
    expect(batches()).toEqual([[1], [2, 3]]);
    await flights[1]?.land();
    expect(batches()).toEqual([[1], [2, 3], [4]]);
  });

  it("waits for a batch until it is slow, and then no longer", () => {
    const { clock, group, batches } = setUp();
    void group.add(1);
    void group.add(2);
    clock.advance(299);
    expect(batches()).toEqual([[1]]);
    clock.advance(1);
    expect(batches()).toEqual([[1], [2]]);
  });

  it("does not send a third batch beside a slow one and a fresh one", () => {
    const { clock, group, batches } = setUp();
    void group.add(1);
    clock.advance(300);
    void group.add(2);
    void group.add(3);
    clock.advance(299);
    expect(batches()).toEqual([[1], [2]]);
    clock.advance(1);
    expect(batches()).toEqual([[1], [2], [3]]);
  });

  it("has at most maxInFlight batches, however slow they are", async () => {
    const { clock, group, flights, batches } = setUp({ maxInFlight: 2 });
    void group.add(1);
    clock.advance(300);
    void group.add(2);
    clock.advance(300);
    void group.add(3);
    clock.advance(10_000);
    expect(batches()).toEqual([[1], [2]]);
    await flights[0]?.land();
    expect(batches()).toEqual([[1], [2], [3]]);
  });

  it("goes back to one at a time when the slow one has landed", async () => {
    const { clock, group, flights, batches } = setUp();
    void group.add(1);
    clock.advance(300);
    void group.add(2);
    await flights[0]?.land();
    void group.add(3);
    expect(batches()).toEqual([[1], [2]]);
    await flights[1]?.land();
    expect(batches()).toEqual([[1], [2], [3]]);
  });

  it("rejects every item of a batch that failed, and goes on with the next", async () => {
    const { group, flights } = setUp();
    const [first, second, third] = [1, 2, 3].map((item) => group.add(item));
    const refused = [expect(second).rejects.toThrow("lost"), expect(third).rejects.toThrow("lost")];
    await flights[0]?.land();
    await flights[1]?.fail(new Error("lost"));
    await Promise.all([first, ...refused]);
    const fourth = group.add(4);
    await flights[2]?.land();
    expect(await fourth).toBe(40);
  });

  it("rejects when commit throws before it has a promise", async () => {
    const group = new GroupCommit<number, number>({
      commit: () => {
        throw new Error("no commit");
      },
      clock: new ManualClock(0),
      maxItems: 1,
      slowAfterMs: 300,
      maxInFlight: 1,
    });
    await expect(group.add(1)).rejects.toThrow("no commit");
  });

  it("rejects when results are missing, for nobody may get another's", async () => {
    const { group, flights } = setUp();
    const result = expect(group.add(1)).rejects.toThrow("one result per item");
    await flights[0]?.land([]);
    await result;
  });

  it("leaves no timer behind", async () => {
    const { clock, group, flights } = setUp();
    const first = group.add(1);
    const second = expect(group.add(2)).rejects.toThrow("lost");
    await flights[0]?.land();
    await flights[1]?.fail(new Error("lost"));
    await Promise.all([first, second]);
    expect(clock.pending).toBe(0);
  });

  it("commits each item exactly once and answers it by itself, in any order of events", async () => {
    const event = fc.oneof(
      fc.constant("add" as const),
      fc.constant("tick" as const),
      fc.nat(5).map((flight) => ({ flight })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const { clock, group, flights, batches } = setUp({ maxItems: 3 });
        const answers: Promise<number>[] = [];
        for (const each of events) {
          if (each === "add") answers.push(group.add(answers.length));
          else if (each === "tick") clock.advance(150);
          else await flights[each.flight]?.land();
        }
        for (const flight of flights) await flight.land();
        expect(await Promise.all(answers)).toEqual(answers.map((_answer, item) => item * 10));
        expect(batches().flat()).toEqual(answers.map((_answer, item) => item));
        expect(batches().every(({ length }) => length >= 1 && length <= 3)).toBe(true);
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 50 },
    );
  });
});
