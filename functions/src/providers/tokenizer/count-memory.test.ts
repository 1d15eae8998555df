import { describe, expect, it } from "@jest/globals";
import { CountMemory } from "./count-memory.ts";

const text = (n: number) => `${n}`.padStart(100, "x");

describe("CountMemory", () => {
  it("knows the count of a text that comes again", () => {
    const memory = new CountMemory();
    expect(memory.get(memory.keyOf(text(1)))).toBeUndefined();
    memory.set(memory.keyOf(text(1)), 7);
    expect(memory.get(memory.keyOf(text(1)))).toBe(7);
    expect(memory.get(memory.keyOf(text(2)))).toBeUndefined();
  });

  it("passes over short texts, which are counted as soon as they are looked up", () => {
    const memory = new CountMemory();
    memory.set(memory.keyOf("short"), 1);
    expect(memory.get(memory.keyOf("short"))).toBeUndefined();
  });

  it("knows texts by a hash, and keeps none", () => {
    const [one, other] = [text(1), text(2)].map((each) => new CountMemory().keyOf(each));
    expect(one).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(one).not.toBe(other);
  });

  it("forgets the oldest when it is full", () => {
    const memory = new CountMemory(3);
    for (const n of [1, 2, 3, 4]) memory.set(memory.keyOf(text(n)), n);
    expect([1, 2, 3, 4].map((n) => memory.get(memory.keyOf(text(n))))).toEqual([
      undefined,
      2,
      3,
      4,
    ]);
  });
});
