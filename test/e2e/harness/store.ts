import { FIRESTORE_URL, PROJECT } from "./stack.ts";

/** A value in Firestore's REST form: one key, which names the type. */
type RestValue = Readonly<Record<string, unknown>>;

export interface Stored {
  readonly id: string;
  /** Timestamps as Dates, integers as numbers; beyond 2^53 an error. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** As the store has it, for types that JavaScript does not tell apart. */
  readonly raw: Readonly<Record<string, RestValue>>;
}

interface RestDocument {
  readonly name: string;
  readonly fields?: Readonly<Record<string, RestValue>>;
}

/** Whose documents to read, of which emulator, and as of when. */
export interface ReadOptions {
  readonly project?: string;
  /** Host and port of a Firestore emulator that is not the stack's. */
  readonly address?: string | undefined;
  /** From `snapshot`. */
  readonly transaction?: string;
}

/** Documents of a collection, all or those with these values, past the rules and past our code. */
export async function find(
  collection: string,
  where: Readonly<Record<string, string>> = {},
  { project = PROJECT, address, transaction }: ReadOptions = {},
): Promise<Stored[]> {
  const structuredQuery = { from: [{ collectionId: collection }], where: filterOf(where) };
  const body = { structuredQuery, ...(transaction === undefined ? {} : { transaction }) };
  const rows = (await rest(`${documents(project)}:runQuery`, body, address)) as readonly {
    readonly document?: RestDocument;
  }[];
  return rows.flatMap(({ document }) => (document ? [storedOf(document)] : []));
}

/** A document that has to be there. */
export async function get(collection: string, id: string, project = PROJECT): Promise<Stored> {
  const found = await look(collection, id, project);
  if (!found) throw new Error(`there is no ${collection}/${id}`);
  return found;
}

export async function look(
  collection: string,
  id: string,
  project = PROJECT,
): Promise<Stored | undefined> {
  const response = await fetch(
    `${FIRESTORE_URL}/v1/${documents(project)}/${collection}/${encodeURIComponent(id)}`,
    { headers: OWNER },
  );
  if (response.status === 404) return undefined;
  return storedOf((await jsonOf(response)) as RestDocument);
}

/** Begins a read-only transaction: everything that is read with it is of one instant. */
export async function snapshot(project = PROJECT): Promise<string> {
  const path = `${documents(project)}:beginTransaction`;
  const { transaction } = (await rest(path, { options: { readOnly: {} } })) as {
    transaction: string;
  };
  return transaction;
}

export async function collections(project = PROJECT): Promise<string[]> {
  const path = `${documents(project)}:listCollectionIds`;
  return ((await rest(path, {})) as { collectionIds?: string[] }).collectionIds ?? [];
}

const OWNER = { authorization: "Bearer owner", "content-type": "application/json" };

function documents(project: string): string {
  return `projects/${project}/databases/(default)/documents`;
}

function filterOf(where: Readonly<Record<string, string>>) {
  const filters = Object.entries(where).map(([field, value]) => ({
    fieldFilter: { field: { fieldPath: field }, op: "EQUAL", value: { stringValue: value } },
  }));
  return filters.length === 0 ? undefined : { compositeFilter: { op: "AND", filters } };
}

async function rest(path: string, body: object, address?: string): Promise<unknown> {
  const origin = address === undefined ? FIRESTORE_URL : `http://${address}`;
  const response = await fetch(`${origin}/v1/${path}`, {
    method: "POST",
    headers: OWNER,
    body: JSON.stringify(body),
  });
  return jsonOf(response);
}

async function jsonOf(response: Response): Promise<unknown> {
  if (!response.ok) throw new Error(`Firestore: ${response.status} ${await response.text()}`);
  return response.json();
}

function storedOf({ name, fields = {} }: RestDocument): Stored {
  return { id: name.slice(name.lastIndexOf("/") + 1), fields: decodeFields(fields), raw: fields };
}

function decodeFields(fields: Readonly<Record<string, RestValue>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, decode(value)]));
}

function decode(value: RestValue): unknown {
  const [type, inside] = Object.entries(value)[0] ?? [];
  switch (type) {
    case "integerValue":
      return safeInteger(String(inside));
    case "timestampValue":
      return new Date(String(inside));
    case "nullValue":
      return null;
    case "arrayValue":
      return ((inside as { values?: RestValue[] }).values ?? []).map(decode);
    case "mapValue":
      return decodeFields((inside as { fields?: Record<string, RestValue> }).fields ?? {});
    default:
      return inside;
  }
}

function safeInteger(text: string): number {
  if (!Number.isSafeInteger(Number(text))) throw new Error(`${text} is beyond 2^53`);
  return Number(text);
}
