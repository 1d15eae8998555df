import { describe, expect, it } from "@jest/globals";
import { ManualClock } from "../core/testing/manual-clock.ts";
import type { BudgetWindow } from "./alert.ts";
import type { Budget } from "./budget.ts";
import { type OpeningDeps, openAtOnce, WindowOpener } from "./open-windows.ts";
import { namedWindow, needsOpening, openingPeriod, withOpening } from "./opening.ts";
import { memoryBudgets } from "./testing/memory-budget-store.ts";
import { sampleBudget, sampleWindow } from "./testing/sample-budget.ts";

const SINCE = new Date("2026-11-15T12:00:00Z");
const MINUTE_MS = 60_000;
const alices = sampleBudget({ scopeId: "alice", since: SINCE });

describe("openingPeriod", () => {
  it.each([
    ["day", "2026-11-15"],
    ["month", "2026-11"],
    ["lifetime", "all"],
    ["minute", undefined],
  ] as const)("is the %s in which the budget was made: %s", (window, period) => {
    expect(openingPeriod({ ...alices, window })).toBe(period);
  });

  it("is none for a budget that is as old as its window", () => {
    expect(openingPeriod({ ...alices, since: new Date("2026-11-01T00:00:00Z") })).toBeUndefined();
  });
});

describe("needsOpening", () => {
  it("is so until the last opening since the budget was made", () => {
    const opened = { openingSince: SINCE, openingFinal: true };
    expect(needsOpening(alices, undefined)).toBe(true);
    expect(needsOpening(alices, windowOf({}))).toBe(true);
    expect(needsOpening(alices, windowOf({ ...opened, openingFinal: false }))).toBe(true);
    expect(needsOpening(alices, windowOf(opened))).toBe(false);
    expect(needsOpening({ ...alices, since: later(1) }, windowOf(opened))).toBe(true);
  });

  it("is not so for another period, nor for minutes", () => {
    expect(needsOpening(alices, windowOf({ period: "2026-12" }))).toBe(false);
    expect(needsOpening({ ...alices, window: "minute" }, undefined)).toBe(false);
  });
});

describe("withOpening", () => {
  it("adds what is not in it yet: 30 with 10 of an opening, and an opening of 25, make 45", () => {
    const window = windowOf({ spent: 30, openingSpent: 10, openingSince: SINCE });
    expect(withOpening(window, alices, 25, true)).toEqual({
      ...window,
      spent: 45,
      openingSpent: 25,
      openingFinal: true,
    });
  });

  it("changes nothing after the last one", () => {
    const window = windowOf({ openingSince: SINCE, openingFinal: true });
    expect(withOpening(window, alices, 25, true)).toBeUndefined();
  });

  it("takes back what was too much", () => {
    const window = windowOf({ spent: 30, openingSpent: 10, openingSince: SINCE });
    expect(withOpening(window, alices, 4, false)).toMatchObject({ spent: 24, openingSpent: 4 });
  });
});

describe("namedWindow", () => {
  it("is the window of whom the budget names, and none of everyone's", () => {
    expect(namedWindow(alices, "2026-11")).toEqual(windowOf({ budgetId: alices.budgetId }));
    expect(namedWindow(sampleBudget(), "2026-11")).toBeUndefined();
  });
});

describe("openAtOnce", () => {
  it("opens the window of a blocking budget that names somebody", async () => {
    const { deps, window } = setUp({ earlier: 700 });
    await openAtOnce(deps, { ...alices, enforcement: "block" }, later(0));
    expect(await window()).toMatchObject({ spent: 700, openingSpent: 700, openingFinal: false });
  });

  it("leaves an alerting one to the next check", async () => {
    const { deps, window } = setUp({ earlier: 700 });
    await openAtOnce(deps, alices, later(0));
    expect(await window()).toBeUndefined();
  });

  it("reports a failure, which costs the one who sets the budget nothing", async () => {
    const { deps, reported, store } = setUp();
    const failing = { ...store, windows: () => Promise.reject(new Error("no answer")) };
    await openAtOnce({ ...deps, store: failing }, { ...alices, enforcement: "block" }, later(0));
    expect(reported).toEqual([alices.budgetId]);
  });
});

describe("openNamed", () => {
  it("makes the window of a young budget with what was spent before, whether a call moved it or not", async () => {
    const { open, window } = setUp({ earlier: 700 });
    await open(MINUTE_MS);
    expect(await window()).toMatchObject({
      spent: 700,
      openingSpent: 700,
      openingSince: SINCE,
      openingFinal: false,
      scopeId: "alice",
      userId: "alice",
      period: "2026-11",
      updatedAt: later(MINUTE_MS),
    });
  });

  it("asks for what began within a minute after the budget was made, for nobody may have known it", async () => {
    const { open, asked } = setUp();
    await open(0);
    expect(asked).toEqual([["user:alice:usd:month_2026-11", later(MINUTE_MS)]]);
  });

  it("adds to what calls have moved already", async () => {
    const { open, window, store } = setUp({ earlier: 700 });
    await store.changeWindow(windowOf({}).windowId, () => windowOf({ spent: 50 }), SINCE);
    await open(MINUTE_MS);
    expect(await window()).toMatchObject({ spent: 750, openingSpent: 700 });
  });

  it("works it out once more when no call can be open any longer that began before", async () => {
    const world = setUp({ earlier: 700 });
    await world.open(MINUTE_MS);
    world.earlier = 950;
    await world.open(16 * MINUTE_MS - 1);
    expect(await world.window()).toMatchObject({ spent: 700, openingFinal: false });
    await world.open(16 * MINUTE_MS);
    expect(await world.window()).toMatchObject({ spent: 950, openingFinal: true });
    world.earlier = 1_000;
    await world.open(20 * MINUTE_MS);
    expect(await world.window()).toMatchObject({ spent: 950 });
    expect(world.asked).toHaveLength(2);
  });

  it("touches the window in between, so that the next run comes by it again", async () => {
    const world = setUp({ earlier: 700 });
    await world.open(MINUTE_MS);
    await world.open(6 * MINUTE_MS);
    expect(await world.window()).toMatchObject({ spent: 700, updatedAt: later(6 * MINUTE_MS) });
  });

  it("is final at what could be read, and reported, when there are too many entries", async () => {
    const world = setUp({ earlier: 700 });
    world.isWhole = false;
    await world.open(MINUTE_MS);
    expect(await world.window()).toMatchObject({ spent: 700, openingFinal: true });
    expect(world.reported).toEqual(["user:alice:usd:month_2026-11"]);
  });

  it("waits for calls that crashed to be swept", async () => {
    const world = setUp({ earlier: 700 });
    world.oldest = later(59_999);
    await world.open(16 * MINUTE_MS);
    expect(await world.window()).toMatchObject({ openingFinal: false });
    world.oldest = later(MINUTE_MS);
    await world.open(21 * MINUTE_MS);
    expect(await world.window()).toMatchObject({ openingFinal: true });
  });

  it("waits for them a day at most", async () => {
    const world = setUp();
    world.oldest = new Date(0);
    await world.open(24 * 60 * MINUTE_MS);
    expect(await world.window()).toMatchObject({ openingFinal: true });
  });

  it("does not look at budgets older than a day, at everyone's, and at those as old as the month", async () => {
    const { open, asked } = setUp({
      budgets: [sampleBudget({ since: SINCE }), { ...alices, since: new Date("2026-11-01") }],
    });
    await open(MINUTE_MS);
    const old = setUp();
    await old.open(24 * 60 * MINUTE_MS + 1);
    expect([...asked, ...old.asked]).toEqual([]);
  });

  it("reports one that fails and goes on with the others", async () => {
    const bobs = sampleBudget({ scopeId: "bob", since: SINCE });
    const world = setUp({ budgets: [alices, bobs] });
    world.failFor = windowOf({}).windowId;
    await world.open(MINUTE_MS);
    expect(world.reported).toEqual(["user:alice:usd:month_2026-11"]);
    expect(await world.window()).toBeUndefined();
    expect(await world.window("user:bob:usd:month_2026-11")).toBeDefined();
  });

  it("leaves to the next run what is beyond 300", async () => {
    const many = Array.from({ length: 301 }, (_, n) =>
      sampleBudget({ scopeId: `user-${n}`, since: SINCE }),
    );
    const world = setUp({ budgets: many });
    const opener = await world.open(MINUTE_MS);
    expect(opener.isCut).toBe(true);
    expect(world.asked).toHaveLength(300);
  });
});

describe("opening", () => {
  it("opens everyone's default where a call has moved the window, and shows it as it is then", async () => {
    const everyones = sampleBudget({ since: SINCE });
    const { opener, store } = setUp({ earlier: 700 });
    await store.changeWindow(windowOf({}).windowId, () => windowOf({ spent: 50 }), SINCE);
    const opened = await opener(MINUTE_MS).opening(everyones, windowOf({ spent: 50 }));
    expect(opened).toMatchObject({ spent: 750, windowId: windowOf({}).windowId });
  });

  it("leaves a window alone that has its last opening", async () => {
    const { opener, asked } = setUp();
    const window = windowOf({ openingSince: SINCE, openingFinal: true });
    expect(await opener(MINUTE_MS).opening(alices, window)).toBe(window);
    expect(asked).toEqual([]);
  });

  it("opens a window once in a run", async () => {
    const { opener, asked } = setUp();
    const run = opener(MINUTE_MS);
    await run.opening(alices, windowOf({}));
    await run.opening(alices, windowOf({}));
    expect(asked).toHaveLength(1);
  });

  it("shows the window as it was when it cannot be opened", async () => {
    const world = setUp();
    world.failFor = windowOf({}).windowId;
    const window = windowOf({ spent: 3 });
    expect(await world.opener(MINUTE_MS).opening(alices, window)).toBe(window);
  });
});

function setUp({ earlier = 0, budgets = [alices] as readonly Budget[] } = {}) {
  const clock = new ManualClock(SINCE.getTime());
  const store = memoryBudgets();
  const deps: OpeningDeps = {
    store,
    earlier: {
      unnamed: async ({ windowId }, before) => {
        world.asked.push([windowId, before]);
        if (world.failFor === windowId) throw new Error("no answer");
        return { amount: world.earlier, isWhole: world.isWhole };
      },
      oldestOpenCall: async () => world.oldest,
    },
    reportFailure: (_what, id) => world.reported.push(id),
  };
  const world = {
    store,
    deps,
    earlier,
    isWhole: true,
    oldest: undefined as Date | undefined,
    failFor: undefined as string | undefined,
    asked: [] as [string, Date][],
    reported: [] as string[],
    opener: (afterMs: number) => new WindowOpener(deps, new Date(clock.nowMs() + afterMs)),
    open: async (afterMs: number) => {
      const opener = world.opener(afterMs);
      await opener.openNamed(budgets);
      return opener;
    },
    window: async (windowId = windowOf({}).windowId) => (await store.windows([windowId]))[0],
  };
  return world;
}

function windowOf(more: Partial<BudgetWindow>): BudgetWindow {
  return sampleWindow(alices, "2026-11", more);
}

function later(ms: number): Date {
  return new Date(SINCE.getTime() + ms);
}
