import type { IncomingMessage, ServerResponse } from "node:http";
import { serveChat } from "./chat.ts";
import { AZURE_WIRE, GOOGLE_WIRE, OPENROUTER_WIRE } from "./chat-dialects.ts";
import { OPENAI_WIRE } from "./chat-wire.ts";
import { serveEmbeddings } from "./embeddings.ts";
import {
  ApiError,
  brokenServer,
  invalidRequest,
  missingKey,
  unknownUrl,
  wrongKey,
} from "./errors.ts";
import { beginExchange, type Exchange, type Sim, sendError, sendJson } from "./exchange.ts";
import { isCount } from "./json.ts";
import { MESSAGES_WIRE } from "./messages-wire.ts";
import { modelList } from "./models.ts";
import { VENDORS, type Vendor } from "./vendors.ts";
import type { ChatWire } from "./wire.ts";

export interface Stats {
  /** Requests to the model that are not over yet. */
  readonly inFlight: number;
  /** Requests to the model since the start. */
  readonly total: number;
  /** Connections, that of the one who asks included. */
  readonly openSockets: number;
}

type Serve = (exchange: Exchange) => Promise<void>;

const chatOver = (wire: ChatWire) => (exchange: Exchange) => serveChat(exchange, wire);

/** What is recorded, and billed. */
const MODEL_ROUTES: ReadonlyMap<string, Serve> = new Map([
  ["POST /v1/chat/completions", chatOver(OPENAI_WIRE)],
  ["POST /v1/embeddings", serveEmbeddings],
  ["POST /anthropic/v1/messages", chatOver(MESSAGES_WIRE)],
  ["POST /openrouter/api/v1/chat/completions", chatOver(OPENROUTER_WIRE)],
  ["POST /openrouter/api/v1/embeddings", serveEmbeddings],
  ["POST /azure/openai/v1/chat/completions", chatOver(AZURE_WIRE)],
  ["POST /azure/openai/v1/embeddings", serveEmbeddings],
  ["POST /google/v1beta/openai/chat/completions", chatOver(GOOGLE_WIRE)],
  ["POST /google/v1beta/openai/embeddings", serveEmbeddings],
]);

const KEY = /^sk-[\w-]{4,}$/;

/** 2025-01-01, for models do not say here when they were made. */
const MODELS_CREATED_SECONDS = 1_735_689_600;

/** Answers any request; never rejects. */
export async function route(
  sim: Sim,
  stats: () => Stats,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [path = "/", query = ""] = (request.url ?? "/").split("?");
  const method = request.method ?? "GET";
  if (path.startsWith("/sim/")) {
    const { status, body } = answerTests(sim, stats, `${method} ${path}`, query);
    sendJson(response, status, JSON.stringify(body));
    return;
  }
  const vendor = vendorOf(path);
  const exchange = beginExchange(sim, vendor, request, response, path);
  try {
    checkHeaders(vendor, request);
    const serve = MODEL_ROUTES.get(`${method} ${path}`);
    if (serve !== undefined) return await serve(exchange);
    if (method !== "GET" || path !== `${vendor.basePath}/models`) throw unknownUrl(method, path);
    const list = modelList(vendor.catalogue, MODELS_CREATED_SECONDS);
    sendJson(response, 200, JSON.stringify(list));
  } catch (error) {
    refuse(exchange, error);
  }
}

function vendorOf(path: string): Vendor {
  const found = VENDORS.find(({ basePath }) => path.startsWith(`${basePath}/`));
  return found ?? VENDORS[0];
}

function checkHeaders(vendor: Vendor, { headers }: IncomingMessage): void {
  const { requiredHeader: needed } = vendor;
  const key = vendor.keyOf(headers);
  if (key === undefined) throw missingKey();
  if (!KEY.test(key)) throw wrongKey();
  if (needed !== undefined && headers[needed] === undefined) {
    throw invalidRequest(`${needed}: header is required`);
  }
}

/** An error that is not a refusal is a mistake in the simulated model itself, and shown as such. */
function refuse(exchange: Exchange, error: unknown): void {
  const { response } = exchange;
  if (response.destroyed) return; // the client left while it was still sending
  if (!(error instanceof ApiError)) console.error("Simulated model:", error);
  if (response.headersSent) response.destroy();
  else sendError(exchange, error instanceof ApiError ? error : brokenServer(), "refused");
}

/** The side door of tests: needs no key, and leaves no record. */
function answerTests(sim: Sim, stats: () => Stats, door: string, query: string) {
  switch (door) {
    case "GET /sim/health":
      return { status: 200, body: { ok: true } };
    case "GET /sim/stats":
      return { status: 200, body: stats() };
    case "GET /sim/records":
      return listRecords(sim, query);
    case "DELETE /sim/records":
      sim.records.clear();
      sim.faults.clear();
      return { status: 200, body: { ok: true } };
    default:
      return { status: 404, body: { error: `There is no ${door}.` } };
  }
}

function listRecords(sim: Sim, query: string) {
  const since = Number(new URLSearchParams(query).get("since") ?? 0);
  if (!isCount(since)) return { status: 400, body: { error: "since is the seq of a record." } };
  return { status: 200, body: { records: sim.records.since(since) } };
}
