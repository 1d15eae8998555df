import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { z } from "zod";
import { refusal } from "./testing/refusal.ts";
import { CONTRACTS, type Fields } from "./testing/requests.ts";

/** What JSON can carry, and what only a caller within the process can pass. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.constantFrom<unknown>(Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 60, undefined),
  fc.constantFrom<unknown>("x".repeat(10_000), [[[[[]]]]], JSON.parse('{"__proto__": {"a": 1}}')),
  fc.constantFrom<unknown>(new Date(0), 1n, Symbol("s"), () => 1, new Map([[1, 2]])),
);

interface Change {
  readonly at: number;
  readonly how: "replace" | "remove" | "add";
  readonly key: string;
  readonly value: unknown;
}

const mutations = fc.array(
  fc.record({
    at: fc.nat(),
    how: fc.constantFrom<Change["how"]>("replace", "remove", "add"),
    key: fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "a.b", "n", "userId")),
    value: anything,
  }),
  { minLength: 1, maxLength: 3 },
);

describe.each(Object.entries(CONTRACTS))("%s", (_name, { schema, full }) => {
  it("takes a full request", () => {
    expect(refusal(schema, full)).toBeUndefined();
  });

  it.each([
    ["a list", []],
    ["a string", "model"],
    ["a number", 1],
  ])("refuses %s", (_what, data) => {
    expect(refusal(schema, data)).toBe("data: must be an object");
  });

  it.each([undefined, null])("takes %s for an empty request", (data) => {
    expect(refusal(schema, data)).toBe(refusal(schema, {}));
  });

  it("refuses a field that it does not know", () => {
    expect(refusal(schema, { ...full, surprise: 1 })).toBe("surprise: is not a known field");
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses the key %s", (key) => {
    const data: unknown = JSON.parse(`{"${key}": {"isAdmin": true}}`);
    expect(refusal(schema, data)).toBe(`${key}: is not an allowed name`);
  });

  it("refuses an object whose prototype was swallowed on the way", () => {
    const data = Object.setPrototypeOf({ ...full }, { isAdmin: true });
    expect(refusal(schema, data)).toBe("data: must be an object");
  });

  it("answers arbitrary data with a request or a field at fault", () => {
    fc.assert(fc.property(anything, (data) => void refusal(schema, data)));
    fc.assert(
      fc.property(fc.dictionary(fc.string(), anything), (data) => void refusal(schema, data)),
    );
  });

  it("answers a request gone wrong in places with a request or a field at fault", () => {
    const property = fc.property(mutations, (changes) => {
      const data = structuredClone(full);
      const containers = containersOf(data);
      for (const change of changes) mutate(containers, change);
      void refusal(schema, data);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe("parse", () => {
  const schema = z.strictObject({ list: z.array(z.strictObject({ name: z.string() })).optional() });

  it("names the place of a nested field", () => {
    expect(refusal(schema, { list: [{ name: "a" }, { name: 1 }] })).toBe(
      "list[1].name: must be a string",
    );
    expect(refusal(schema, { list: [{}] })).toBe("list[0].name: is required");
    expect(refusal(schema, { list: [{ name: "a", more: 1 }] })).toBe(
      "list[0].more: is not a known field",
    );
  });

  it("never repeats a value", () => {
    for (const { schema, full } of Object.values(CONTRACTS)) {
      for (const field of Object.keys(full)) {
        for (const value of ["canary\u0000", ["canary"], { canary: "canary" }]) {
          const said = refusal(schema, { ...full, [field]: value }) ?? "";
          expect(said.replace(`${field}.canary`, "")).not.toContain("canary");
        }
      }
    }
  });

  it("cuts the name of an unknown field that is too long to be shown", () => {
    const said = refusal(schema, { ["k".repeat(100_000)]: 1 });
    expect(said).toBe(`${"k".repeat(200)}: is not a known field`);
  });

  it("refuses 100 000 levels as fast as 100", () => {
    const deep: unknown = JSON.parse(`{"list": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
    expect(refusal(schema, deep)).toMatch(
      /^list(\[0\])+: must not be nested deeper than 48 levels$/,
    );
  });

  it("refuses more values than any request needs", () => {
    expect(refusal(schema, { list: new Array(60_000).fill(1) })).toBe(
      "list: must hold at most 50000 values",
    );
  });
});

/** Changes one place of the request: `at` counts its objects and lists, and the fields in one. */
function mutate(containers: readonly Fields[], { at, how, key, value }: Change): void {
  const container = containers[at % containers.length];
  if (!container) return;
  const keys = Object.keys(container);
  const name = how === "add" ? key : (keys[at % Math.max(keys.length, 1)] ?? key);
  if (Array.isArray(container) && name === "length") return;
  if (how === "remove") Reflect.deleteProperty(container, name);
  else Object.defineProperty(container, name, { value, enumerable: true, configurable: true });
}

function containersOf(value: unknown): Fields[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Fields, ...Object.values(value).flatMap(containersOf)];
}
