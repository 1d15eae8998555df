import { describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { claimedFields } from "./attribution.ts";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";

const schema = z.strictObject(claimedFields);
const fields = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, "v"]));

describe("claimed fields", () => {
  it("may all be missing", () => {
    expect(parse(schema, {})).toEqual({});
  });

  it.each(["sessionId", "agent", "phase", "operation"])("bounds %s like every id", (name) => {
    expect(refusal(schema, { [name]: "x".repeat(128) })).toBeUndefined();
    expect(refusal(schema, { [name]: "x".repeat(129) })).toBe(
      `${name}: must be at most 128 characters`,
    );
    expect(refusal(schema, { [name]: 5 })).toBe(`${name}: must be a string`);
  });

  it("takes at most 10 tags of 1 to 40 characters", () => {
    expect(refusal(schema, { tags: [] })).toBeUndefined();
    expect(refusal(schema, { tags: new Array(10).fill("x".repeat(40)) })).toBeUndefined();
    expect(refusal(schema, { tags: new Array(11).fill("x") })).toBe(
      "tags: must be at most 10 items",
    );
    expect(refusal(schema, { tags: ["a", "x".repeat(41)] })).toBe(
      "tags[1]: must be at most 40 characters",
    );
    expect(refusal(schema, { tags: [""] })).toBe("tags[0]: must not be empty");
    expect(refusal(schema, { tags: [1] })).toBe("tags[0]: must be a string");
    expect(refusal(schema, { tags: "a" })).toBe("tags: must be a list");
  });

  it("takes at most 10 metadata fields of 40 + 100 characters", () => {
    expect(refusal(schema, { metadata: fields(10) })).toBeUndefined();
    expect(refusal(schema, { metadata: fields(11) })).toBe("metadata: must have at most 10 fields");
    expect(refusal(schema, { metadata: { ["k".repeat(40)]: "v".repeat(100) } })).toBeUndefined();
    expect(refusal(schema, { metadata: { k: "v".repeat(101) } })).toBe(
      "metadata.k: must be at most 100 characters",
    );
    expect(refusal(schema, { metadata: { ["k".repeat(41)]: "v" } })).toBe(
      `metadata.${"k".repeat(41)}: has a name that must be at most 40 characters`,
    );
    expect(refusal(schema, { metadata: { k: 1 } })).toBe("metadata.k: must be a string");
    expect(refusal(schema, { metadata: ["a"] })).toBe("metadata: must be an object");
    expect(refusal(schema, { metadata: null })).toBe("metadata: must be an object");
  });

  it("takes an empty metadata value and normalises both sides", () => {
    const { metadata } = parse(schema, { metadata: { "e\u0301": "o\u0308", empty: "" } });
    expect(metadata).toEqual({ "\u00E9": "\u00F6", empty: "" });
  });

  it("refuses two metadata names that are one after NFC", () => {
    expect(refusal(schema, { metadata: { "e\u0301": "1", "\u00E9": "2" } })).toBe(
      "metadata.\u00E9: is given twice",
    );
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses the metadata name %s", (key) => {
    const metadata: unknown = JSON.parse(`{"${key}": "x"}`);
    expect(refusal(schema, { metadata })).toBe(`metadata.${key}: is not an allowed name`);
  });

  it.each(["orgId", "department", "userId"])("knows no claimed %s", (field) => {
    expect(refusal(schema, { [field]: "x" })).toBe(`${field}: is not a known field`);
  });
});
