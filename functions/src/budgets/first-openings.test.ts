import { describe, expect, it } from "@jest/globals";
import type { BudgetWindow } from "./alert.ts";
import type { Budget } from "./budget.ts";
import { FirstOpenings } from "./first-openings.ts";
import { needsFirstOpening } from "./opening.ts";
import { memoryBudgets } from "./testing/memory-budget-store.ts";
import { SAMPLE_SINCE, sampleBudget, sampleWindow } from "./testing/sample-budget.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const budget = sampleBudget({ enforcement: "block" });
const window = sampleWindow(budget, "2026-11");

describe("needsFirstOpening", () => {
  it("is so in the period in which the budget was made, until there is an opening", () => {
    expect(needsFirstOpening(budget, window)).toBe(true);
    expect(needsFirstOpening(budget, { ...window, openingSince: SAMPLE_SINCE })).toBe(false);
    expect(needsFirstOpening(budget, { ...window, period: "2026-12" })).toBe(false);
  });

  it("is so again when the budget was made anew or its enforcement changed", () => {
    const changed = { ...budget, since: later(MINUTE_MS) };
    expect(needsFirstOpening(changed, { ...window, openingSince: SAMPLE_SINCE })).toBe(true);
  });
});

describe("FirstOpenings", () => {
  it("makes the window with what was spent before its budget was known", async () => {
    const { open, stored, asked } = setUp({ earlier: 700 });
    await open();
    expect(await stored()).toMatchObject({
      spent: 700,
      held: 0,
      openingSpent: 700,
      openingSince: SAMPLE_SINCE,
      openingFinal: false,
      scopeId: "alice",
    });
    expect(asked).toEqual([later(MINUTE_MS)]);
  });

  it("adds to what calls have moved already, and takes back what an older opening held", async () => {
    const { open, stored, store } = setUp({ earlier: 700 });
    const older = { ...window, spent: 150, held: 40, openingSpent: 100, openingSince: new Date(0) };
    await store.changeWindow(window.windowId, () => older, SAMPLE_SINCE);
    await open(older);
    expect(await stored()).toMatchObject({ spent: 750, held: 40, openingSpent: 700 });
  });

  it("leaves alone what another has opened meanwhile", async () => {
    const { open, stored, store } = setUp({ earlier: 700 });
    const opened = { ...window, spent: 30, openingSpent: 20, openingSince: SAMPLE_SINCE };
    await store.changeWindow(window.windowId, () => opened, SAMPLE_SINCE);
    await open();
    expect(await stored()).toMatchObject({ spent: 30, openingSpent: 20 });
  });

  it("reads the entries once for all who wait for the window", async () => {
    const { open, asked } = setUp({ earlier: 700 });
    await Promise.all([open(), open(), open()]);
    expect(asked).toHaveLength(1);
  });

  it("fails when the entries cannot be read, and can be tried again", async () => {
    const world = setUp({ earlier: "fails" });
    await expect(world.open()).rejects.toThrow("no answer");
    world.state.earlier = 5;
    await world.open();
    expect(await world.stored()).toMatchObject({ spent: 5 });
  });

  it.each([
    ["a day later, when no older call can be open", DAY_MS, true, true],
    ["where there are more entries than can be read", MINUTE_MS, false, true],
    ["as long as older calls may settle", MINUTE_MS, true, false],
  ])("is the last opening or not: %s", async (_when, afterMs, isWhole, isFinal) => {
    const { open, stored } = setUp({ earlier: 1, afterMs, isWhole });
    await open();
    expect(await stored()).toMatchObject({ openingFinal: isFinal });
  });
});

interface Setting {
  earlier: number | "fails";
  readonly afterMs?: number;
  readonly isWhole?: boolean;
}

function setUp(state: Setting) {
  const store = memoryBudgets();
  const asked: Date[] = [];
  const openings = new FirstOpenings({
    store,
    earlier: {
      async unnamed(_window, before) {
        asked.push(before);
        if (state.earlier === "fails") throw new Error("no answer");
        return { amount: state.earlier, isWhole: state.isWhole ?? true };
      },
    },
    now: () => later(state.afterMs ?? MINUTE_MS),
  });
  return {
    state,
    store,
    asked,
    open: (found: BudgetWindow = window, of: Budget = budget) => openings.open(of, found),
    stored: async () => (await store.windows([window.windowId]))[0],
  };
}

function later(ms: number): Date {
  return new Date(SAMPLE_SINCE.getTime() + ms);
}
