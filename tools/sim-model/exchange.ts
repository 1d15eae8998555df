import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApiError, invalidRequest } from "./errors.ts";
import type { FaultCounter } from "./fault-counter.ts";
import { isObject, type JsonObject } from "./json.ts";
import type { Outcome, RecordBook, SimRecord } from "./records.ts";
import type { BilledUsage } from "./usage.ts";
import type { Vendor } from "./vendors.ts";

/** What all requests share. */
export interface Sim {
  readonly records: RecordBook;
  readonly faults: FaultCounter;
  nextId(prefix: string): string;
}

/** What a record says about the request itself, filled in as it becomes known. */
export type Facts = Pick<
  SimRecord,
  "id" | "model" | "modelRequested" | "stream" | "maxTokens" | "bodyKeys"
>;

/** One request and its answer. */
export interface Exchange {
  readonly sim: Sim;
  readonly vendor: Vendor;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly endpoint: string;
  readonly receivedAt: Date;
  readonly requestId: string;
  facts: Facts;
}

const NO_FACTS: Facts = {
  id: null,
  model: null,
  modelRequested: null,
  stream: false,
  maxTokens: null,
  bodyKeys: [],
};

const RECORDED_HEADERS = ["x-client-request-id", "x-stainless-retry-count", "idempotency-key"];

const MAX_BODY_BYTES = 64 * 1024 * 1024;

export function beginExchange(
  sim: Sim,
  vendor: Vendor,
  request: IncomingMessage,
  response: ServerResponse,
  endpoint: string,
): Exchange {
  const requestId = sim.nextId("req_");
  response.setHeader(vendor.requestIdHeader, requestId);
  return {
    sim,
    vendor,
    request,
    response,
    endpoint,
    receivedAt: new Date(),
    requestId,
    facts: NO_FACTS,
  };
}

/** Writes the record of the exchange. It comes before the last byte, so that whoever has the answer finds it. */
export function settle(
  exchange: Exchange,
  outcome: Outcome,
  status: number | null,
  usage: BilledUsage | null,
): void {
  exchange.sim.records.add({
    ...exchange.facts,
    receivedAt: exchange.receivedAt.toISOString(),
    at: new Date().toISOString(),
    endpoint: exchange.endpoint,
    status,
    outcome,
    usage,
    promptTokens: usage?.prompt_tokens ?? 0,
    completionTokens: usage !== null && "completion_tokens" in usage ? usage.completion_tokens : 0,
    requestIdHeader: exchange.requestId,
    headersSeen: recordedHeaders(exchange.request),
  });
}

/** Announces a whole body; it may still break off. */
export function startJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
}

export function sendJson(response: ServerResponse, status: number, body: string): void {
  startJson(response, status, body);
  response.end(body);
}

export function sendError(exchange: Exchange, error: ApiError, outcome: Outcome): void {
  const { status, body } = exchange.vendor.refusal(error, exchange.requestId);
  settle(exchange, outcome, status, null);
  for (const [name, value] of Object.entries(error.headers)) {
    exchange.response.setHeader(name, value);
  }
  sendJson(exchange.response, status, JSON.stringify(body));
}

/** Reads the body as a JSON object. Rejects when it is none, too long, or breaks off. */
export async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw invalidRequest("The body is too large.", null, null, 413);
    chunks.push(chunk);
  }
  const body = parseJson(Buffer.concat(chunks).toString());
  if (isObject(body)) return body;
  throw invalidRequest(
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using " +
      "your HTTP library correctly. The OpenAI API expects a JSON payload.)",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // told to the caller in OpenAI's words, not the parser's
  }
}

/** Waits, and says whether the client is still there. */
export function stillThereAfter(response: ServerResponse, delayMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed || delayMs === 0) return resolve(!response.destroyed);
    const timer = setTimeout(wake, delayMs);
    response.once("close", wake);
    function wake(): void {
      clearTimeout(timer);
      response.off("close", wake);
      resolve(!response.destroyed);
    }
  });
}

/** Waits until what was written is on its way, or the client has gone. */
export function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve();
    response.once("drain", wake);
    response.once("close", wake);
    function wake(): void {
      response.off("drain", wake);
      response.off("close", wake);
      resolve();
    }
  });
}

function recordedHeaders(request: IncomingMessage): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const name of RECORDED_HEADERS) {
    const value = request.headers[name];
    if (typeof value === "string") seen[name] = value;
  }
  return seen;
}
