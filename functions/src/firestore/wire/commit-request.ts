import type { Contribution, Counters, Fields, Version, Write } from "../../ledger/plan.ts";
import { assertTransforms } from "../transforms.ts";
import { documentName } from "./document-name.ts";
import { fieldPath } from "./field-path.ts";
import { ProtoWriter } from "./proto-writer.ts";
import { isPlain, writeFields, writeInstant, writeValue } from "./values.ts";

/** Numbers of fields in google.firestore.v1: https://cloud.google.com/firestore/docs/reference/rpc */
const REQUEST = { database: 1, writes: 2 } as const;
const WRITE = {
  update: 1,
  delete: 2,
  updateMask: 3,
  currentDocument: 4,
  updateTransforms: 7,
} as const;
const DOCUMENT = { name: 1, fields: 2 } as const;
const MASK_PATHS = 1;
const PRECONDITION = { exists: 1, updateTime: 2 } as const;
const TRANSFORM = { path: 1, increment: 3, maximum: 4, minimum: 5 } as const;

type Path = readonly string[];

/**
 * The bytes of a CommitRequest that means the same as the SDK's batch of these writes.
 * @param database "projects/P/databases/D"
 * @throws TypeError, RangeError for what cannot be stored
 */
export function encodeCommit(database: string, writes: readonly Write[]): Buffer {
  const out = new ProtoWriter();
  out.text(REQUEST.database, database);
  for (const write of writes) {
    const start = out.open(REQUEST.writes);
    writeWrite(out, documentName(database, write.doc), write);
    out.close(start);
  }
  return out.finish();
}

function writeWrite(out: ProtoWriter, name: string, write: Write): void {
  switch (write.kind) {
    case "create":
      writeDocument(out, name, write.fields);
      requireExists(out, false);
      return;
    case "absent":
      out.text(WRITE.delete, name);
      requireExists(out, false);
      return;
    case "delete":
      out.text(WRITE.delete, name);
      if (write.version) requireVersion(out, write.version);
      else requireExists(out, true);
      return;
    case "update":
      writeDocument(out, name, write.fields);
      writeMask(
        out,
        Object.keys(write.fields).map((key) => [key]),
      );
      writeTransforms(out, TRANSFORM.increment, write.add ?? {}, []);
      requireVersion(out, write.version);
      return;
    case "add":
      writeContribution(out, name, write);
      return;
    default:
      write satisfies never;
  }
}

/** A merge: only what `set` holds is replaced, leaf by leaf. */
function writeContribution(out: ProtoWriter, name: string, contribution: Contribution): void {
  assertTransforms(contribution);
  writeDocument(out, name, contribution.set);
  writeMask(out, [...leafPaths(contribution.set, [])]);
  writeTransforms(out, TRANSFORM.increment, contribution.add, []);
  writeTransforms(out, TRANSFORM.minimum, contribution.min ?? {}, []);
  writeTransforms(out, TRANSFORM.maximum, contribution.max ?? {}, []);
}

function writeDocument(out: ProtoWriter, name: string, fields: Fields): void {
  const start = out.open(WRITE.update);
  out.text(DOCUMENT.name, name);
  writeFields(out, DOCUMENT.fields, fields);
  out.close(start);
}

/** An empty mask is written too: without one the document would be replaced. */
function writeMask(out: ProtoWriter, paths: readonly Path[]): void {
  const start = out.open(WRITE.updateMask);
  for (const path of paths) out.text(MASK_PATHS, fieldPath(path));
  out.close(start);
}

function* leafPaths(fields: Fields, above: Path): Generator<Path> {
  for (const [key, value] of Object.entries(fields)) {
    const path = [...above, key];
    if (isBranch(value)) yield* leafPaths(value as Fields, path);
    else yield path;
  }
}

function isBranch(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return isPlain(value) && Object.keys(value).length > 0;
}

function writeTransforms(out: ProtoWriter, how: number, tree: Counters, above: Path): void {
  for (const [key, value] of Object.entries(tree)) {
    const path = [...above, key];
    if (typeof value !== "number") {
      writeTransforms(out, how, value, path);
      continue;
    }
    const start = out.open(WRITE.updateTransforms);
    out.text(TRANSFORM.path, fieldPath(path));
    writeValue(out, how, value);
    out.close(start);
  }
}

function requireExists(out: ProtoWriter, exists: boolean): void {
  const start = out.open(WRITE.currentDocument);
  out.bool(PRECONDITION.exists, exists);
  out.close(start);
}

function requireVersion(out: ProtoWriter, version: Version): void {
  const [seconds, nanos] = version.split(".").map(Number);
  const start = out.open(WRITE.currentDocument);
  writeInstant(out, PRECONDITION.updateTime, seconds as number, nanos as number);
  out.close(start);
}
