import { describe, expect, it } from "@jest/globals";
import { randomFrom } from "../../tools/sim-model/hash.ts";
import { sampleValue } from "../../tools/sim-model/schema-values.ts";

const sample = (schema: Record<string, unknown>, seed = 1) => sampleValue(schema, randomFrom(seed));

describe("values that fit a schema", () => {
  it("fill every property with its type", () => {
    const schema = {
      type: "object",
      properties: {
        city: { type: "string" },
        unit: { type: "string", enum: ["celsius"] },
        days: { type: "integer", minimum: 3, maximum: 3 },
        share: { type: "number" },
        alerts: { type: "boolean" },
        nothing: { type: "null" },
        kind: { const: "forecast" },
        tags: { type: "array", items: { type: "string" }, minItems: 2 },
        place: { type: "object", properties: { lat: { type: ["number", "null"] } } },
      },
    };
    expect(sample(schema)).toEqual({
      city: expect.any(String),
      unit: "celsius",
      days: 3,
      share: expect.any(Number),
      alerts: expect.any(Boolean),
      nothing: null,
      kind: "forecast",
      tags: [expect.any(String), expect.any(String)],
      place: { lat: expect.any(Number) },
    });
  });

  it("are the same for the same seed", () => {
    const schema = { type: "array", items: { type: "integer" }, minItems: 5 };
    expect(sample(schema, 7)).toEqual(sample(schema, 7));
    expect(sample(schema, 7)).not.toEqual(sample(schema, 8));
  });

  it.each([
    [{ type: "integer", minimum: 10, maximum: 12 }, [10, 11, 12]],
    [{ type: "string", minLength: 8, maxLength: 8 }, [expect.stringMatching(/^.{8}$/)]],
    [{ type: "string", format: "date" }, ["2026-03-14"]],
    [{ anyOf: [{ const: 1 }, { const: 2 }] }, [1]],
    [{}, [{}]],
  ])("keep to the bounds of %j", (schema, allowed) => {
    for (let seed = 0; seed < 20; seed += 1) {
      expect(allowed).toContainEqual(sample(schema, seed));
    }
  });

  it("follow references, and end where a schema contains itself", () => {
    const tree = { type: "object", properties: { child: { $ref: "#/$defs/tree" } } };
    const value = sample({ $ref: "#/$defs/tree", $defs: { tree } });
    expect(JSON.stringify(value)).toMatch(/^\{"child":.*null.*\}$/);
    expect(sample({ $ref: "#/$defs/missing" })).toBeNull();
  });

  it("keep a property named like a prototype's", () => {
    const schema = JSON.parse('{"type":"object","properties":{"__proto__":{"const":1}}}');
    expect(JSON.stringify(sample(schema))).toBe('{"__proto__":1}');
  });
});
