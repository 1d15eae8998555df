import { describe, expect, it } from "@jest/globals";
import { randomOf } from "./random.ts";

const draws = (seed: number) => {
  const random = randomOf(seed);
  return Array.from({ length: 1_000 }, () => random.next());
};

describe("chance with a seed", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  it("fills the range evenly", () => {
    const values = draws(3);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });

  it("takes whole numbers with both ends, and one of a list", () => {
    const random = randomOf(1);
    const numbers = Array.from({ length: 200 }, () => random.from(2, 4));
    expect(new Set(numbers)).toEqual(new Set([2, 3, 4]));
    expect(["a", "b"]).toContain(random.pick(["a", "b"]));
    expect(() => random.pick([])).toThrow("nothing to choose");
  });
});
