import type { IncomingMessage, ServerResponse } from "node:http";
import { serveChat } from "./chat.ts";
import { serveEmbeddings } from "./embeddings.ts";
import { ApiError, brokenServer, missingKey, unknownUrl, wrongKey } from "./errors.ts";
import { beginExchange, type Exchange, type Sim, sendError, sendJson } from "./exchange.ts";
import { isCount } from "./json.ts";
import { modelList } from "./models.ts";

export interface Stats {
  /** Requests to the model that are not over yet. */
  readonly inFlight: number;
  /** Requests to the model since the start. */
  readonly total: number;
  /** Connections, that of the one who asks included. */
  readonly openSockets: number;
}

type Serve = (exchange: Exchange) => Promise<void>;

/** What is recorded, and billed. */
const MODEL_ROUTES: ReadonlyMap<string, Serve> = new Map([
  ["POST /v1/chat/completions", serveChat],
  ["POST /v1/embeddings", serveEmbeddings],
]);

const KEY = /^Bearer sk-[\w-]{4,}$/;

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
  const exchange = beginExchange(sim, request, response, path);
  try {
    checkKey(request);
    const serve = MODEL_ROUTES.get(`${method} ${path}`);
    if (serve !== undefined) return await serve(exchange);
    if (`${method} ${path}` !== "GET /v1/models") throw unknownUrl(method, path);
    sendJson(response, 200, JSON.stringify(modelList(MODELS_CREATED_SECONDS)));
  } catch (error) {
    refuse(exchange, error);
  }
}

function checkKey(request: IncomingMessage): void {
  const { authorization } = request.headers;
  if (authorization === undefined) throw missingKey();
  if (!KEY.test(authorization)) throw wrongKey();
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
