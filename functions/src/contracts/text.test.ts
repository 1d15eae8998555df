import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { z } from "zod";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";
import { documentId, id } from "./text.ts";

const withId = z.strictObject({ id });
const idOf = (raw: unknown) => parse(withId, { id: raw }).id;
const problem = (raw: unknown) => refusal(withId, { id: raw })?.replace("id: ", "");

describe("id", () => {
  it.each(["a/b/c", "..", ".", "__x__", "a.b", "*", "a b", "Жанна", "😀", "x\u202Ey", "a:usd:day"])(
    "takes %j as it stands, since ids are encoded where they become part of another",
    (raw) => expect(idOf(raw)).toBe(raw),
  );

  it("takes 1 to 128 characters, counted as code points", () => {
    expect(problem("")).toBe("must not be empty");
    expect(idOf("x")).toBe("x");
    expect(idOf("x".repeat(128))).toHaveLength(128);
    expect(idOf("😀".repeat(128))).toHaveLength(256);
    for (const long of [
      "x".repeat(129),
      "😀".repeat(129),
      "x".repeat(10_000),
      "x".repeat(5_000_000),
    ]) {
      expect(problem(long)).toBe("must be at most 128 characters");
    }
  });

  it("normalises to NFC, and counts after that", () => {
    expect(idOf("e\u0301")).toBe("\u00E9");
    expect(idOf("e\u0301".repeat(128))).toBe("\u00E9".repeat(128));
    expect(problem("\u0344".repeat(128))).toBe("must be at most 128 characters");
  });

  it.each(["a\u0000", "\n", "a\tb", "\u007F", "\u0085"])(
    "refuses the control character in %j",
    (raw) => {
      expect(problem(raw)).toBe("must not contain control characters");
    },
  );

  it.each(["\uD800", "a\uDC00b"])("refuses the lone surrogate in %j", (raw) => {
    expect(problem(raw)).toBe("must not contain lone surrogates");
  });

  it.each([1, true, null, [], {}])("refuses %j", (raw) => {
    expect(problem(raw)).toBe("must be a string");
  });

  it("keeps two ids apart exactly when they differ after NFC", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 });
    const isTaken = (raw: string) => problem(raw) === undefined;
    fc.assert(
      fc.property(text.filter(isTaken), text.filter(isTaken), (a, b) => {
        expect(idOf(a) === idOf(b)).toBe(a.normalize("NFC") === b.normalize("NFC"));
      }),
    );
  });
});

describe("documentId", () => {
  const schema = z.strictObject({ id: documentId });

  it.each([
    "user:*:usd:month",
    "user:a%2Fb:usd:day_2026-11-22_800_5",
    "session:a_b:requests:minute",
  ])("takes %s", (raw) => expect(refusal(schema, { id: raw })).toBeUndefined());

  it.each(["", "a/b", "..", ".", "__x__", "a b", "é"])("refuses %j", (raw) => {
    expect(refusal(schema, { id: raw })).toBe("id: must be an id as it was listed");
  });

  it("refuses more than 1000 characters", () => {
    expect(refusal(schema, { id: "x".repeat(1_000) })).toBeUndefined();
    expect(refusal(schema, { id: "x".repeat(1_001) })).toBe("id: must be at most 1000 characters");
  });
});
