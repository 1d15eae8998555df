import { describe, expect, it } from "@jest/globals";
import { CachedRead } from "./cached-read.ts";
import { ManualClock } from "./testing/manual-clock.ts";

const TTL_MS = 30_000;

describe("CachedRead", () => {
  it("is read once in 30 s", async () => {
    const { list, clock, reads } = setUp();
    await list.get();
    clock.advance(TTL_MS - 1);
    await list.get();
    expect(reads.count).toBe(1);
    clock.advance(1);
    await list.get();
    expect(reads.count).toBe(2);
  });

  it("is read once for all that ask meanwhile", async () => {
    const { list, reads } = setUp();
    await Promise.all([list.get(), list.get(), list.get()]);
    expect(reads.count).toBe(1);
  });

  it("counts its age from the beginning of the read, for it is as old as that", async () => {
    const { list, clock, reads } = setUp({ takesMs: 20_000 });
    await list.get();
    clock.advance(10_000);
    await list.get();
    expect(reads.count).toBe(2);
  });

  it("stays valid while the store fails, which is asked again after 5 s", async () => {
    const { list, clock, reads, budgets } = setUp();
    await list.get();
    reads.fail = true;
    clock.advance(TTL_MS);
    expect(await list.get()).toBe(budgets);
    clock.advance(4_999);
    expect(await list.get()).toBe(budgets);
    expect(reads.count).toBe(2);
    clock.advance(1);
    await list.get();
    expect(reads.count).toBe(3);
  });

  it("is read anew as soon as the store is back", async () => {
    const { list, clock, reads } = setUp();
    await list.get();
    reads.fail = true;
    clock.advance(TTL_MS);
    await list.get();
    reads.fail = false;
    reads.budgets = [];
    clock.advance(5_000);
    await list.get();
    await settled();
    expect(await list.get()).toEqual([]);
  });

  it("lets one call at most wait for a store that fails", async () => {
    const { list, clock, reads, budgets } = setUp();
    await list.get();
    reads.fail = true;
    clock.advance(TTL_MS);
    await list.get();
    reads.hang = true;
    clock.advance(5_000);
    expect(await list.get()).toBe(budgets);
    expect(await list.get()).toBe(budgets);
    expect(reads.count).toBe(3);
  });

  it("is waited for again after a pause, for the store may be well by then", async () => {
    const { list, clock, reads } = setUp();
    await list.get();
    reads.fail = true;
    clock.advance(TTL_MS);
    await list.get();
    reads.fail = false;
    reads.budgets = [];
    clock.advance(10_000);
    expect(await list.get()).toEqual([]);
  });

  it("rejects only when the store fails and no list was ever read", async () => {
    const { list, reads } = setUp();
    reads.fail = true;
    await expect(list.get()).rejects.toThrow("no answer");
    reads.fail = false;
    expect(await list.get()).toHaveLength(1);
  });

  it("gives the fallback while nothing was ever read, and asks the store again after 5 s", async () => {
    const { list, clock, reads, budgets } = setUp();
    reads.fail = true;
    expect(await list.get(["shipped"])).toEqual(["shipped"]);
    clock.advance(4_999);
    expect(await list.get(["shipped"])).toEqual(["shipped"]);
    expect(reads.count).toBe(1);
    reads.fail = false;
    clock.advance(1);
    await list.get(["shipped"]);
    await settled();
    expect(await list.get(["shipped"])).toBe(budgets);
  });

  it("tells a first read apart, for which nothing stands in", async () => {
    const { list, clock, reads } = setUp();
    await list.get();
    clock.advance(TTL_MS);
    await list.get();
    expect(reads.firsts).toEqual([true, false]);
  });

  it("keeps what was read, rather than the fallback, when the store fails later", async () => {
    const { list, clock, reads, budgets } = setUp();
    await list.get(["shipped"]);
    reads.fail = true;
    clock.advance(TTL_MS);
    expect(await list.get(["shipped"])).toBe(budgets);
  });
});

function setUp({ takesMs = 0 } = {}) {
  const clock = new ManualClock(0);
  const budgets: readonly string[] = ["a budget"];
  const reads = { count: 0, firsts: [] as boolean[], fail: false, hang: false, budgets };
  const read = async (isFirst: boolean) => {
    reads.count += 1;
    reads.firsts.push(isFirst);
    clock.advance(takesMs);
    if (reads.hang) await new Promise(() => {});
    if (reads.fail) throw new Error("no answer");
    return reads.budgets;
  };
  return { list: new CachedRead(read, clock, TTL_MS), clock, reads, budgets };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
