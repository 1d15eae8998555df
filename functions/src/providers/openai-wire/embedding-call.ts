import type {
  EmbeddingAnswer,
  EmbeddingRequest,
  EmbeddingSink,
  RunningCall,
} from "../../calls/port.ts";
import type { Endpoint } from "./endpoint.ts";
import { requestIdOf, unreadable } from "./failures.ts";
import { isObject, type JsonObject, listOf, shortText } from "./json.ts";
import { jsonReader } from "./json-reader.ts";
import { type EmbeddingFormat, embeddingBody } from "./request-body.ts";
import { WireCall } from "./wire-call.ts";

/** 2048 inputs of 3072 dimensions are 33 MiB in base64. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const MAX_NAME_LENGTH = 128;
const FLOAT_BYTES = 4;

/** POST {base}/embeddings */
export function startEmbedding(
  endpoint: Endpoint,
  format: EmbeddingFormat,
  request: EmbeddingRequest,
  sink: EmbeddingSink,
): RunningCall {
  let answer: EmbeddingAnswer | null = null;
  const call = new WireCall({
    open: (headers) =>
      jsonReader(MAX_BODY_BYTES, (body) => {
        answer = readAnswer(body, request.input.length, requestIdOf(headers));
        return answer ? "complete" : unreadable("it is not one vector for each input");
      }),
    onComplete: () => answer && sink.onDone(answer),
    onFailure: (failure) => sink.onError(failure),
  });
  return call.post(endpoint, "/embeddings", embeddingBody(request, format));
}

function readAnswer(
  body: JsonObject,
  count: number,
  providerRequestId: string | null,
): EmbeddingAnswer | null {
  const embeddings = vectorsByIndex(listOf(body.data), count);
  if (!embeddings) return null;
  const modelAnswered = shortText(body.model, MAX_NAME_LENGTH);
  return { embeddings, modelAnswered, providerRequestId, rawUsage: body.usage ?? undefined };
}

/** null unless there is exactly one vector for each index from 0 to `count` - 1. */
function vectorsByIndex(data: readonly unknown[], count: number): number[][] | null {
  const vectors = new Map<unknown, number[]>();
  for (const item of data) {
    const vector = isObject(item) ? vectorOf(item.embedding) : null;
    if (!isObject(item) || !vector) return null;
    vectors.set(item.index, vector);
  }
  const ordered = Array.from({ length: count }, (_, index) => vectors.get(index));
  const found = ordered.filter((vector) => vector !== undefined);
  return found.length === count && data.length === count ? found : null;
}

/** Decimal numbers, or little-endian 32-bit floats in base64. */
function vectorOf(embedding: unknown): number[] | null {
  const vector = typeof embedding === "string" ? floatsOf(embedding) : listOf(embedding);
  const isVector = vector.length > 0 && vector.every((value) => Number.isFinite(value));
  return isVector ? vector.map(Number) : null;
}

function floatsOf(base64: string): number[] {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length % FLOAT_BYTES !== 0) return [];
  const count = bytes.length / FLOAT_BYTES;
  return Array.from({ length: count }, (_, place) => bytes.readFloatLE(place * FLOAT_BYTES));
}
