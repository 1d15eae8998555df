import type { QuerySpec } from "../../functions/src/firestore/queries.ts";
import type { CompositeIndex, FieldOverride, IndexField, IndexFile, Order } from "./index-file.ts";

/**
 * What a query needs of an index (https://firebase.google.com/docs/firestore/query-data/index-overview): its
 * equality fields in any order, then its order, in which a range comes first, then the fields that it sums. `in` counts
 * as equality.
 */
export interface Need {
  readonly collection: string;
  readonly equal: readonly string[];
  readonly order: readonly IndexField[];
}

/** What answers a query. */
export type Answer =
  | { readonly by: "nothing"; readonly why: string }
  | { readonly by: "document ids" }
  | { readonly by: "single fields"; readonly overrides: readonly FieldOverride[] }
  | { readonly by: "composite"; readonly index: CompositeIndex };

export function needOf({ sums = [], ...query }: QuerySpec): Need {
  const need = needOfDocuments(query);
  return { ...need, order: [...need.order, ...sums.map(ascending)] };
}

function needOfDocuments({ collection, where, orderBy }: QuerySpec): Need {
  const isEqual = (op: string) => op === "==" || op === "in";
  const equal = [...new Set(where.filter(([, op]) => isEqual(op)).map(([field]) => field))];
  const ranged = [...new Set(where.filter(([, op]) => !isEqual(op)).map(([field]) => field))];
  const order = orderBy.map(([fieldPath, direction]) => ({
    fieldPath,
    order: direction === "asc" ? ("ASCENDING" as const) : ("DESCENDING" as const),
  }));
  if (ranged.length > 1) throw new Error(`${collection}: ranges over ${ranged.join(", ")}`);
  const [range] = ranged;
  if (range === undefined) return { collection, equal, order };
  if (order.length === 0) return { collection, equal, order: [ascending(range)] };
  if (order[0]?.fieldPath !== range) throw new Error(`${collection}: order by ${range} first`);
  return { collection, equal, order };
}

export function answerTo(need: Need, file: IndexFile): Answer {
  const { equal, order } = need;
  if (equal.length + order.length === 0) return { by: "document ids" };
  const index = file.indexes.find((candidate) => serves(candidate, need));
  if (index) return { by: "composite", index };
  if (equal.length > 0 && order.length > 0) return { by: "nothing", why: "no composite index" };
  if (order.length > 1) return { by: "nothing", why: "no composite index" };
  const fields = order.length > 0 ? order : equal.map(ascending);
  return bySingleFields(need.collection, fields, file);
}

/** Several equalities without an order are merged from the indexes of their single fields. */
function bySingleFields(
  collection: string,
  fields: readonly IndexField[],
  file: IndexFile,
): Answer {
  const missing = fields.find(
    ({ fieldPath, order }) => !isIndexed(collection, fieldPath, order, file),
  );
  if (missing) return { by: "nothing", why: `${missing.fieldPath} is exempt from indexing` };
  const overrides = fields.flatMap(
    ({ fieldPath }) => overrideOf(collection, fieldPath, file) ?? [],
  );
  return { by: "single fields", overrides };
}

/** An override replaces all default indexes of its field, one of "*" those of all fields without their own. */
function isIndexed(collection: string, field: string, order: Order, file: IndexFile): boolean {
  const override = overrideOf(collection, field, file) ?? overrideOf(collection, "*", file);
  return !override || override.indexes.some((index) => index.order === order);
}

function overrideOf(
  collection: string,
  field: string,
  { fieldOverrides }: IndexFile,
): FieldOverride | undefined {
  return fieldOverrides.find(
    ({ collectionGroup, fieldPath }) => collectionGroup === collection && fieldPath === field,
  );
}

function serves({ collectionGroup, queryScope, fields }: CompositeIndex, need: Need): boolean {
  const { collection, equal, order } = need;
  if (collectionGroup !== collection || queryScope !== "COLLECTION") return false;
  if (fields.length !== equal.length + order.length) return false;
  const head = new Set(fields.slice(0, equal.length).map(({ fieldPath }) => fieldPath));
  const tail = fields.slice(equal.length);
  return (
    equal.every((field) => head.has(field)) &&
    tail.every((field, at) => isSame(field, order[at] as IndexField))
  );
}

function isSame(a: IndexField, b: IndexField): boolean {
  return a.fieldPath === b.fieldPath && a.order === b.order;
}

function ascending(fieldPath: string): IndexField {
  return { fieldPath, order: "ASCENDING" };
}
