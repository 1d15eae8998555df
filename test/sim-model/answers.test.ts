import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { answerTokens, exactAnswerTokens } from "../../tools/sim-model/answers.ts";
import { randomFrom } from "../../tools/sim-model/hash.ts";
import { countTokens } from "../../tools/sim-model/tokens.ts";

const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const encoding = fc.constantFrom("cl100k_base" as const, "o200k_base" as const);
const QUESTION = "How should we handle late invoices?";

describe("answers", () => {
  it("are the same for the same seed, and others for others", () => {
    const answer = (from: number) =>
      answerTokens("o200k_base", QUESTION, randomFrom(from)).join("");
    expect(answer(1)).toBe(answer(1));
    expect(answer(1)).not.toBe(answer(2));
  });

  it("are 20 to 220 tokens long", () => {
    fc.assert(
      fc.property(encoding, seed, (name, from) => {
        const { length } = answerTokens(name, QUESTION, randomFrom(from));
        expect(length).toBeGreaterThanOrEqual(20);
        expect(length).toBeLessThanOrEqual(220);
      }),
    );
  });

  it("count as many tokens as they claim, wherever they are cut", () => {
    const count = fc.integer({ min: 0, max: 400 });
    fc.assert(
      fc.property(encoding, seed, count, (name, from, wanted) => {
        const tokens = exactAnswerTokens(name, QUESTION, randomFrom(from), wanted);
        expect(tokens).toHaveLength(wanted);
        expect(countTokens(name, tokens.join(""))).toBe(wanted);
      }),
    );
  });

  it("mention what the question is about", () => {
    const answers = Array.from({ length: 12 }, (_, from) =>
      answerTokens("o200k_base", QUESTION, randomFrom(from)).join(""),
    );
    for (const answer of answers) expect(answer).toContain("the invoices");
  });

  it.each(["", "¿?", "一二三", "[sim tokens=5]", "write explain please", "naïve"])(
    "do without a subject for %j",
    (question) => {
      const answer = answerTokens("o200k_base", question, randomFrom(3)).join("");
      expect(answer).not.toContain("{topic}");
      expect(answer).toMatch(/^[A-Z]/);
    },
  );
});
