import { expect, it } from "@jest/globals";
import { ProtoWriter } from "./proto-writer.ts";
import { writeFields } from "./values.ts";

const written = (value: unknown) => {
  const out = new ProtoWriter();
  writeFields(out, 1, { value });
  return out.finish();
};

it("refuses what Firestore cannot store, instead of storing something else", () => {
  const refused = [undefined, () => 1, 1n, new Date(Number.NaN), new Map(), Buffer.of(1), [[1]]];
  for (const value of refused) expect(() => written(value)).toThrow(TypeError);
});

it("takes 20 levels and no more, as production does and the emulator does not", () => {
  const nested = (levels: number) => {
    let value: unknown = 1;
    for (let level = 1; level < levels; level += 1) value = { value };
    return value;
  };
  expect(written(nested(20)).length).toBeGreaterThan(0);
  expect(() => written(nested(21))).toThrow(TypeError);
});

it("takes objects without a prototype", () => {
  expect(written(Object.assign(Object.create(null), { a: 1 }))).toEqual(written({ a: 1 }));
});
