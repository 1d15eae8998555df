import http2 from "node:http2";
import { syncBuiltinESMExports } from "node:module";
import { protoFields } from "../../functions/src/firestore/wire/proto-reader.ts";
import { type Frames, messagesIn } from "./grpc-frames.ts";

/** What a process has asked of Firestore, as the bill counts it; RPCs are no part of the bill. */
export interface Operations {
  rpcs: number;
  /** Creates, updates and sets. */
  writes: number;
  deletes: number;
  /** Documents asked for by name and documents that queries gave; a sum, or a query that gave none, counts as one. */
  reads: number;
  /** The documents among them. */
  documents: number;
}

const SERVICE = "/google.firestore.v1.Firestore/";
/** Numbers of fields in google.firestore.v1: https://cloud.google.com/firestore/docs/reference/rpc */
const COMMIT_WRITES = 2;
const WRITE_DELETE = 2;
const BATCH_GET_DOCUMENTS = 2;
const RUN_QUERY_DOCUMENT = 1;

/** Counts what goes over the connections, whichever client made it: a repetition counts as another RPC. */
export function countOperations(): Operations {
  const operations: Operations = { rpcs: 0, writes: 0, deletes: 0, reads: 0, documents: 0 };
  const connect = http2.connect;
  http2.connect = ((...args: Parameters<typeof connect>) => {
    const session = connect(...args);
    const request = session.request;
    session.request = (headers, ...rest) => {
      const stream = request.call(session, headers, ...rest);
      const path = String((headers as http2.OutgoingHttpHeaders | undefined)?.[":path"]);
      if (path.startsWith(SERVICE)) watch(stream, path.slice(SERVICE.length), operations);
      return stream;
    };
    return session;
  }) as typeof connect;
  syncBuiltinESMExports();
  return operations;
}

function watch(stream: http2.ClientHttp2Stream, method: string, operations: Operations): void {
  operations.rpcs += 1;
  const sent: Frames = { rest: Buffer.alloc(0) };
  const write = stream.write as (...args: unknown[]) => boolean;
  stream.write = (...args: unknown[]) => {
    for (const message of messagesIn(sent, args[0] as Buffer))
      countSent(method, message, operations);
    return write.apply(stream, args);
  };
  if (method === "RunQuery") watchAnswer(stream, operations);
  if (method === "RunAggregationQuery") operations.reads += 1;
}

function countSent(method: string, message: Uint8Array, operations: Operations): void {
  if (method === "BatchGetDocuments") {
    countDocuments(fieldsOf(message, BATCH_GET_DOCUMENTS).length, operations);
  }
  if (method !== "Commit") return;
  for (const write of fieldsOf(message, COMMIT_WRITES)) {
    if (fieldsOf(write, WRITE_DELETE).length > 0) operations.deletes += 1;
    else operations.writes += 1;
  }
}

function watchAnswer(stream: http2.ClientHttp2Stream, operations: Operations): void {
  const received: Frames = { rest: Buffer.alloc(0) };
  const emit = stream.emit;
  let documents = 0;
  stream.emit = (event: string | symbol, ...facts: unknown[]) => {
    if (event === "data") {
      for (const message of messagesIn(received, facts[0] as Buffer)) {
        const found = fieldsOf(message, RUN_QUERY_DOCUMENT).length;
        documents += found;
        countDocuments(found, operations);
      }
    }
    if (event === "end" && documents === 0) operations.reads += 1;
    return emit.call(stream, event, ...facts);
  };
}

function countDocuments(count: number, operations: Operations): void {
  operations.reads += count;
  operations.documents += count;
}

function fieldsOf(message: Uint8Array, number: number): Uint8Array[] {
  return [...protoFields(message)].flatMap((field) =>
    field.number === number ? [field.bytes] : [],
  );
}
