const PROJECT = process.env.GCLOUD_PROJECT ?? "";
const ORIGIN = `http://${process.env.FIRESTORE_EMULATOR_HOST}/v1`;
const HEADERS = { authorization: "Bearer owner" };
const PAGE_SIZE = 300;

/** A document as Firestore's REST API and its events have it. */
export interface StoredDocument {
  readonly name: string;
  readonly fields: Readonly<Record<string, StoredValue>>;
}

export interface StoredValue {
  readonly integerValue?: string;
  readonly mapValue?: { readonly fields?: Readonly<Record<string, StoredValue>> };
  readonly arrayValue?: { readonly values?: readonly StoredValue[] };
}

function documentsOf(database: string): string {
  return `${ORIGIN}/projects/${PROJECT}/databases/${database}/documents`;
}

/** Every document of a collection, page by page. */
export async function listDocuments(database: string, collection: string) {
  const documents: StoredDocument[] = [];
  let pageToken = "";
  do {
    const query = `pageSize=${PAGE_SIZE}${pageToken && `&pageToken=${pageToken}`}`;
    const response = await fetch(`${documentsOf(database)}/${collection}?${query}`, {
      headers: HEADERS,
    });
    if (!response.ok) throw new Error(`the Firestore emulator answers ${await response.text()}`);
    const page = (await response.json()) as {
      documents?: StoredDocument[];
      nextPageToken?: string;
    };
    documents.push(...(page.documents ?? []));
    pageToken = page.nextPageToken ?? "";
  } while (pageToken);
  return documents;
}

/** One document, or undefined while there is none. */
export async function readDocument(
  database: string,
  path: string,
): Promise<StoredDocument | undefined> {
  const response = await fetch(`${documentsOf(database)}/${path}`, { headers: HEADERS });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`the Firestore emulator answers ${await response.text()}`);
  return (await response.json()) as StoredDocument;
}
