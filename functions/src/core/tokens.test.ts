import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  compactClasses,
  INPUT_CLASSES,
  inputTokens,
  NO_USAGE,
  OUTPUT_CLASSES,
  outputTokens,
  TOKEN_CLASSES,
  type TokenClass,
  type TokenClasses,
  totalTokens,
} from "./tokens.ts";

/** 1, 2, 4 ...: every sum of some classes says which ones. */
const EACH_ONCE: TokenClasses = Object.fromEntries(
  TOKEN_CLASSES.map((name, index) => [name, 2 ** index]),
);
const MAX = Number.MAX_SAFE_INTEGER;

const anyClasses: fc.Arbitrary<TokenClasses> = fc.dictionary(
  fc.constantFrom(...TOKEN_CLASSES),
  fc.nat(2 ** 40),
);

describe("token classes", () => {
  it("are input or output, never both", () => {
    expect(new Set(TOKEN_CLASSES).size).toBe(INPUT_CLASSES.length + OUTPUT_CLASSES.length);
  });

  it("add up: six to the input, three to the output, all to the total", () => {
    expect(inputTokens(EACH_ONCE)).toBe(0b000_111_111);
    expect(outputTokens(EACH_ONCE)).toBe(0b111_000_000);
    expect(totalTokens(EACH_ONCE)).toBe(0b111_111_111);
  });

  it("are 0 when absent", () => {
    expect(totalTokens({})).toBe(0);
    expect(totalTokens({ input: undefined } as TokenClasses)).toBe(0);
    expect(totalTokens(NO_USAGE.classes)).toBe(0);
  });

  it("count each token once, however they are filled", () => {
    fc.assert(
      fc.property(anyClasses, (classes) => {
        const sum = Object.values(classes).reduce((all, count) => all + count, 0);
        expect(inputTokens(classes) + outputTokens(classes)).toBe(sum);
        expect(totalTokens(classes)).toBe(sum);
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MAX + 1])(
    "refuse a count of %d by name",
    (count) => {
      for (const name of TOKEN_CLASSES) {
        const sum = (INPUT_CLASSES as readonly TokenClass[]).includes(name)
          ? inputTokens
          : outputTokens;
        expect(() => sum({ [name]: count })).toThrow(`classes.${name}`);
        expect(() => compactClasses({ [name]: count })).toThrow(`classes.${name}`);
      }
    },
  );

  it("refuse a sum that is no longer exact", () => {
    expect(inputTokens({ input: MAX - 1, cacheRead: 1 })).toBe(MAX);
    expect(() => inputTokens({ input: MAX, cacheRead: 1 })).toThrow(RangeError);
    expect(() => totalTokens({ input: MAX, output: 1 })).toThrow("totalTokens");
  });
});

describe("compactClasses", () => {
  it("drops zeros and unknown names, and keeps the order of the classes", () => {
    const loose = { output: 2, reasoning: 0, input: 1, tokens: 7 };
    expect(Object.entries(compactClasses(loose))).toEqual([
      ["input", 1],
      ["output", 2],
    ]);
  });

  it("changes no sum", () => {
    fc.assert(
      fc.property(anyClasses, (classes) => {
        const compact = compactClasses(classes);
        expect(inputTokens(compact)).toBe(inputTokens(classes));
        expect(outputTokens(compact)).toBe(outputTokens(classes));
        expect(Object.values(compact)).not.toContain(0);
      }),
    );
  });
});
