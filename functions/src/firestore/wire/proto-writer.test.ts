import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { protoFields } from "./proto-reader.ts";
import { ProtoWriter } from "./proto-writer.ts";

describe("a protocol buffer", () => {
  it("is what the specification shows: field 1 with 150, field 2 with testing", () => {
    const out = new ProtoWriter();
    out.int64(1, 150);
    out.text(2, "testing");
    expect(out.finish().toString("hex")).toBe("089601120774657374696e67");
  });

  it("holds negative numbers in ten bytes, doubles in eight", () => {
    const out = new ProtoWriter();
    out.int64(1, -2);
    out.double(2, 1.5);
    out.bool(3, true);
    expect(out.finish().toString("hex")).toBe("08feffffffffffffffff0111000000000000f83f1801");
  });

  it("gives numbers back as they were written, up to 2^53", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (value) => {
        const out = new ProtoWriter();
        out.int64(16, value);
        expect([...protoFields(out.finish())]).toEqual([
          { number: 16, value, bytes: new Uint8Array(0) },
        ]);
      }),
    );
  });

  it("gives texts of any length back, nested as deep as one likes", () => {
    const text = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 40 }),
      fc.constantFrom(127, 128, 16_383, 16_384, 20_000).map((length) => "x".repeat(length)),
    );
    fc.assert(
      fc.property(text, fc.nat(20), (written, depth) => {
        const out = new ProtoWriter();
        const starts = Array.from({ length: depth }, () => out.open(1));
        out.text(2, written);
        for (const start of starts.reverse()) out.close(start);
        let bytes: Uint8Array = out.finish();
        for (let level = 0; level < depth; level += 1) bytes = onlyField(bytes, 1);
        expect(Buffer.from(onlyField(bytes, 2)).toString()).toBe(written);
      }),
    );
  });

  it("is refused when it is cut", () => {
    const out = new ProtoWriter();
    out.text(1, "testing");
    out.int64(2, 300);
    const whole = out.finish();
    for (const length of [1, 3, 8, whole.length - 1]) {
      expect(() => [...protoFields(whole.subarray(0, length))]).toThrow(RangeError);
    }
  });
});

function onlyField(bytes: Uint8Array, number: number): Uint8Array {
  const [field, ...others] = [...protoFields(bytes)];
  expect(others).toEqual([]);
  expect(field?.number).toBe(number);
  return field?.bytes ?? new Uint8Array(0);
}
