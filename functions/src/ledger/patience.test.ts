import { describe, expect, it } from "@jest/globals";
import { ManualClock } from "../core/testing/manual-clock.ts";
import { Patience } from "./patience.ts";

describe("Patience", () => {
  it("is over when nothing has moved for 2 s", () => {
    const { patience, at } = setUp();
    expect(at(0, { held: 9 })).toBe(false);
    expect(at(1_999, { held: 9 })).toBe(false);
    expect(at(2_000, { held: 9 })).toBe(true);
    expect(patience.isOver({ limit: 10, spent: 0, held: 9 })).toBe(true);
  });

  it("begins anew with each move, of what is held and of what is spent", () => {
    const { at } = setUp();
    expect(at(0, { held: 9 })).toBe(false);
    expect(at(1_900, { held: 8 })).toBe(false);
    expect(at(3_800, { held: 8, spent: 1 })).toBe(false);
    expect(at(5_799, { held: 8, spent: 1 })).toBe(false);
    expect(at(5_800, { held: 8, spent: 1 })).toBe(true);
  });

  it("counts no time in which the window was not looked at", () => {
    const { at } = setUp();
    expect(at(3_000, { held: 9 })).toBe(false);
    expect(at(4_999, { held: 9 })).toBe(false);
    expect(at(5_000, { held: 9 })).toBe(true);
  });

  it("is over after 10 s, however much moves", () => {
    const { at } = setUp();
    for (let ms = 0; ms < 10_000; ms += 500) expect(at(ms, { held: ms })).toBe(false);
    expect(at(10_000, { held: 1 })).toBe(true);
  });
});

function setUp() {
  const clock = new ManualClock(0);
  const patience = new Patience({ clock, waitMs: 2_000, mostWaitMs: 10_000 });
  const at = (ms: number, { held, spent = 0 }: { held: number; spent?: number }) => {
    clock.advance(ms - clock.nowMs());
    return patience.isOver({ limit: 10, spent, held });
  };
  return { patience, at };
}
