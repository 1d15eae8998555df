import { fromFunctions } from "./from-functions.ts";

/** What a process has asked of Firestore, as the bill counts it; RPCs are no part of the bill. */
export interface Operations {
  rpcs: number;
  /** Creates, updates and sets. */
  writes: number;
  deletes: number;
  /** Documents asked for by name and documents that queries gave; a query that gave none counts as one. */
  reads: number;
}

interface Request {
  readonly writes?: readonly { readonly delete?: string | null }[];
  readonly documents?: readonly string[];
}

interface Stream {
  emit(event: string, ...facts: readonly { document?: unknown }[]): boolean;
}

type Method = (this: unknown, request: Request, ...rest: unknown[]) => unknown;

/** What each RPC adds to the counts when it is sent. Others (transactions) count as an RPC only. */
const SENT: Record<string, (operations: Operations, request: Request) => void> = {
  commit(operations, { writes = [] }) {
    const deletes = writes.filter((write) => write.delete).length;
    operations.deletes += deletes;
    operations.writes += writes.length - deletes;
  },
  batchGetDocuments(operations, { documents = [] }) {
    operations.reads += documents.length;
  },
  runAggregationQuery(operations) {
    operations.reads += 1;
  },
  beginTransaction() {},
  rollback() {},
};

/** Counts at the generated client, which the admin client uses too. What it repeats by itself counts once. */
export function countOperations(): Operations {
  const operations: Operations = { rpcs: 0, writes: 0, deletes: 0, reads: 0 };
  const { v1 } = fromFunctions("@google-cloud/firestore");
  const client: Record<string, Method> = v1.FirestoreClient.prototype;
  for (const [name, count] of Object.entries(SENT)) {
    const method = methodOf(client, name);
    client[name] = function (request, ...rest) {
      operations.rpcs += 1;
      count(operations, request);
      return method.call(this, request, ...rest);
    };
  }
  const runQuery = methodOf(client, "runQuery");
  client.runQuery = function (request, ...rest) {
    operations.rpcs += 1;
    return countResults(runQuery.call(this, request, ...rest) as Stream, operations);
  };
  return operations;
}

function methodOf(client: Record<string, Method>, name: string): Method {
  const method = client[name];
  if (method === undefined) throw new Error(`the Firestore client has no ${name}`);
  return method;
}

function countResults(stream: Stream, operations: Operations): Stream {
  const emit = stream.emit;
  let documents = 0;
  stream.emit = function (event, ...facts) {
    if (event === "data" && facts[0]?.document) documents += 1;
    if (event === "end") operations.reads += Math.max(documents, 1);
    return emit.call(this, event, ...facts);
  };
  return stream;
}
