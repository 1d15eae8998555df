import { between, pick, type Random } from "./hash.ts";
import { isCount, isObject, type JsonObject } from "./json.ts";

/** A schema that refers to itself is followed so far. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 20;

const WORDS = ["amber", "birch", "copper", "delta", "ember", "fjord", "garnet", "harbor"] as const;

const FORMATS: Readonly<Record<string, string>> = {
  date: "2026-03-14",
  "date-time": "2026-03-14T09:26:53Z",
  time: "09:26:53Z",
  email: "sam@example.com",
  uri: "https://example.com/",
  uuid: "6f1c3a52-8f0e-4c3f-9b57-0d2f3a1b4c5d",
};

/** A value that fits the schema: what the model would fill in, in a tool call or a JSON answer. */
export function sampleValue(schema: JsonObject, random: Random): unknown {
  return sample(schema, { root: schema, random, depth: 0 });
}

interface Site {
  readonly root: JsonObject;
  readonly random: Random;
  readonly depth: number;
}

function sample(schema: unknown, site: Site): unknown {
  if (!isObject(schema) || site.depth > MAX_DEPTH) return null;
  const inside = { ...site, depth: site.depth + 1 };
  if ("const" in schema) return schema.const;
  if (Array.isArray(schema.enum)) return pick(site.random, schema.enum);
  if (typeof schema.$ref === "string") return sample(resolve(site.root, schema.$ref), inside);
  const branches = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (Array.isArray(branches)) return sample(branches[0], inside);
  return sampleOfType(schema, inside);
}

function sampleOfType(schema: JsonObject, site: Site): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "string":
      return sampleString(schema, site.random);
    case "integer":
      return between(site.random, ...bounds(schema));
    case "number":
      return between(site.random, ...bounds(schema)) + (isCount(schema.maximum) ? 0 : 0.5);
    case "boolean":
      return site.random() < 0.5;
    case "array":
      return sampleItems(schema, site);
    case "null":
      return null;
    default:
      return sampleObject(schema, site);
  }
}

function sampleObject(schema: JsonObject, site: Site): JsonObject {
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return Object.fromEntries(properties.map(([name, value]) => [name, sample(value, site)]));
}

function sampleItems(schema: JsonObject, site: Site): unknown[] {
  const fewest = isCount(schema.minItems) ? Math.min(schema.minItems, MAX_ITEMS) : 1;
  return Array.from({ length: fewest }, () => sample(schema.items, site));
}

function sampleString(schema: JsonObject, random: Random): string {
  const format = typeof schema.format === "string" ? FORMATS[schema.format] : undefined;
  if (format !== undefined) return format;
  const shortest = isCount(schema.minLength) ? schema.minLength : 0;
  const longest = isCount(schema.maxLength) ? schema.maxLength : Number.POSITIVE_INFINITY;
  return pick(random, WORDS).padEnd(shortest, " and so on").slice(0, longest);
}

function bounds(schema: JsonObject): [number, number] {
  const min = typeof schema.minimum === "number" ? Math.ceil(schema.minimum) : 1;
  const max = typeof schema.maximum === "number" ? Math.floor(schema.maximum) : min + 99;
  return [min, Math.max(min, max)];
}

/** Finds `#/$defs/Step` and the like. */
function resolve(root: JsonObject, reference: string): unknown {
  const path = reference.split("/").slice(1);
  return path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), root);
}
