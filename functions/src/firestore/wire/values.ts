import type { Fields } from "../../ledger/plan.ts";
import type { ProtoWriter } from "./proto-writer.ts";

/** Numbers of fields in google.firestore.v1.Value: https://cloud.google.com/firestore/docs/reference/rpc */
const VALUE = {
  boolean: 1,
  integer: 2,
  double: 3,
  map: 6,
  array: 9,
  timestamp: 10,
  null: 11,
  string: 17,
} as const;
const MAP_FIELDS = 1;
const ARRAY_VALUES = 1;
const ENTRY = { key: 1, value: 2 } as const;
const TIMESTAMP = { seconds: 1, nanos: 2 } as const;
/** https://firebase.google.com/docs/firestore/quotas: levels of maps and lists in a document. */
const MAX_LEVELS = 20;

/** Writes a map's fields, as a document and a map value hold them. @throws TypeError for what cannot be stored */
export function writeFields(out: ProtoWriter, field: number, fields: Fields, level = 1): void {
  if (level > MAX_LEVELS) throw new TypeError(`deeper than ${MAX_LEVELS} levels`);
  for (const key of Object.keys(fields)) {
    const entry = out.open(field);
    out.text(ENTRY.key, key);
    writeValue(out, ENTRY.value, fields[key], level);
    out.close(entry);
  }
}

/** @throws TypeError for what cannot be stored: undefined, lists in lists, objects of a class */
export function writeValue(out: ProtoWriter, field: number, value: unknown, level = 1): void {
  const start = out.open(field);
  switch (typeof value) {
    case "string":
      out.text(VALUE.string, value);
      break;
    case "number":
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) out.int64(VALUE.integer, value);
      else out.double(VALUE.double, value);
      break;
    case "boolean":
      out.bool(VALUE.boolean, value);
      break;
    case "object":
      writeObject(out, value, level);
      break;
    default:
      throw new TypeError(`${typeof value} cannot be stored`);
  }
  out.close(start);
}

function writeObject(out: ProtoWriter, value: object | null, level: number): void {
  if (value === null) out.int64(VALUE.null, 0);
  else if (value instanceof Date) writeTimestamp(out, VALUE.timestamp, value);
  else if (Array.isArray(value)) writeList(out, value, level);
  else {
    if (!isPlain(value)) throw new TypeError("an object of a class cannot be stored");
    const map = out.open(VALUE.map);
    writeFields(out, MAP_FIELDS, value as Fields, level + 1);
    out.close(map);
  }
}

function writeList(out: ProtoWriter, items: readonly unknown[], level: number): void {
  const list = out.open(VALUE.array);
  for (const item of items) {
    if (Array.isArray(item)) throw new TypeError("lists in lists cannot be stored");
    writeValue(out, ARRAY_VALUES, item, level + 1);
  }
  out.close(list);
}

function writeTimestamp(out: ProtoWriter, field: number, at: Date): void {
  const ms = at.getTime();
  if (Number.isNaN(ms)) throw new TypeError("an invalid Date cannot be stored");
  const seconds = Math.floor(ms / 1_000);
  writeInstant(out, field, seconds, (ms - seconds * 1_000) * 1_000_000);
}

/** google.protobuf.Timestamp */
export function writeInstant(
  out: ProtoWriter,
  field: number,
  seconds: number,
  nanos: number,
): void {
  const start = out.open(field);
  out.int64(TIMESTAMP.seconds, seconds);
  out.int64(TIMESTAMP.nanos, nanos);
  out.close(start);
}

/** Made by a literal or by JSON, in whichever realm. */
export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
