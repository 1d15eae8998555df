import { type Directives, EMBEDDING_KEYS, parseDirectives } from "./directives.ts";
import { type EmbeddingRequest, parseEmbeddingRequest } from "./embedding-request.ts";
import { type Exchange, readBody, sendJson, settle, stillThereAfter } from "./exchange.ts";
import { fail } from "./faults.ts";
import { randomFrom, seedOf } from "./hash.ts";
import { stringOr } from "./json.ts";
import { type EmbeddingUsage, toldUsage } from "./usage.ts";

/** Embeddings, which all vendors that have any answer alike. Directives are read from the last input. */
export async function serveEmbeddings(exchange: Exchange): Promise<void> {
  const body = await readBody(exchange.request);
  exchange.facts = {
    ...exchange.facts,
    modelRequested: stringOr(body.model, null),
    bodyKeys: Object.keys(body),
  };
  const request = parseEmbeddingRequest(body, exchange.vendor.catalogue);
  const message = request.inputs.at(-1)?.text ?? "";
  const directives = parseDirectives(message, EMBEDDING_KEYS);
  exchange.facts = { ...exchange.facts, model: directives.model ?? request.model.dated };
  const { fault } = exchange.sim.faults.due(directives, message);
  const billed = usageOf(request, directives);
  if (!(await stillThereAfter(exchange.response, directives.latency ?? 0))) {
    return settle(exchange, "aborted", null, billed);
  }
  if (fault !== undefined && fault !== "badjson") {
    return fail(exchange, fault, directives.retryAfter);
  }
  const answer = JSON.stringify(answerBody(request, directives, billed));
  settle(exchange, fault === undefined ? "ok" : "fault", 200, billed);
  sendJson(exchange.response, 200, fault === undefined ? answer : answer.slice(0, -2));
}

function usageOf(request: EmbeddingRequest, directives: Directives): EmbeddingUsage {
  const sent = request.inputs.reduce((sum, input) => sum + input.tokenCount, 0);
  const tokens = sent + (directives.billExtra ?? 0);
  return { prompt_tokens: tokens, total_tokens: tokens };
}

function answerBody(request: EmbeddingRequest, directives: Directives, billed: EmbeddingUsage) {
  const usage = toldUsage(billed, directives.usage);
  return {
    object: "list",
    data: request.inputs.map(({ text }, index) => {
      const vector = unitVector(text, request.dimensions);
      const embedding = request.asBase64 ? toBase64(vector) : [...vector];
      return { object: "embedding", index, embedding };
    }),
    model: directives.model ?? request.model.dated,
    ...(usage === undefined ? {} : { usage }),
  };
}

/** A vector of length 1 that depends on the text alone; fewer dimensions are the first of the longer one. */
export function unitVector(text: string, dimensions: number): Float32Array {
  const random = randomFrom(seedOf(text));
  const vector = Array.from({ length: dimensions }, () => random() * 2 - 1);
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / length);
}

/** Little-endian floats of 32 bits, as numpy has them in memory. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * Float32Array.BYTES_PER_ELEMENT);
  for (const [index, value] of vector.entries()) {
    bytes.writeFloatLE(value, index * Float32Array.BYTES_PER_ELEMENT);
  }
  return bytes.toString("base64");
}
