import { readFile } from "node:fs/promises";
import { join } from "node:path";

export type Order = "ASCENDING" | "DESCENDING";

export interface IndexField {
  readonly fieldPath: string;
  readonly order: Order;
}

export interface CompositeIndex {
  readonly collectionGroup: string;
  readonly queryScope: "COLLECTION" | "COLLECTION_GROUP";
  readonly fields: readonly IndexField[];
}

export interface FieldOverride {
  readonly collectionGroup: string;
  readonly fieldPath: string;
  readonly ttl?: boolean;
  readonly indexes: readonly { readonly order?: Order; readonly queryScope?: string }[];
}

export interface IndexFile {
  readonly indexes: readonly CompositeIndex[];
  readonly fieldOverrides: readonly FieldOverride[];
}

export async function readIndexFile(): Promise<IndexFile> {
  const path = join(import.meta.dirname, "../../firestore.indexes.json");
  return JSON.parse(await readFile(path, "utf8"));
}
