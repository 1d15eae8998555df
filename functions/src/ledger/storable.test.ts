import { describe, expect, it } from "@jest/globals";
import { storableUsage } from "./storable.ts";

describe("storableUsage", () => {
  it("keeps an ordinary usage object as it came", () => {
    const raw = { prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 4 }, parts: [1, 2] };
    expect(storableUsage(raw)).toEqual(raw);
  });

  it.each([
    ["lists in lists", { a: [[1]] }],
    ["reserved names", { a: { __name__: 1 } }],
    ["an empty name", { "": 1 }],
    ["16 levels", deep(16)],
    ["half a character", { a: "x\ud83d" }],
    ["half a character in a name", { "x\ud83d": 1 }],
  ])("turns %s into text, for Firestore refuses them", (_what, raw) => {
    expect(storableUsage(raw)).toBe(JSON.stringify(raw));
  });

  it("keeps 15 levels as they are", () => {
    expect(storableUsage(deep(15))).toEqual(deep(15));
  });

  it("cuts what is larger than 8 192 characters", () => {
    expect(storableUsage({ a: "x".repeat(8_192) })).toHaveLength(8_192);
  });

  it("cuts no character in half", () => {
    const raw = { a: "😀".repeat(5_000) };
    expect(String(storableUsage(raw)).isWellFormed()).toBe(true);
  });

  it.each([undefined, null])("stores %s as null", (raw) => {
    expect(storableUsage(raw)).toBeNull();
  });

  it("drops what JSON does not have", () => {
    expect(storableUsage({ a: undefined, b: Number.NaN })).toEqual({ b: null });
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : { a: deep(levels - 1) };
}
