import type { CallableFunction } from "firebase-functions/https";
import { MAX_DEPTH, MAX_VALUES } from "../contracts/bounds.ts";
import { fieldOf, findJsonProblem, isPlainObject } from "../contracts/json-guard.ts";
import { invalidField, type TollgateError } from "../core/errors.ts";

const NUMBER_TYPES: readonly unknown[] = [
  "type.googleapis.com/google.protobuf.Int64Value",
  "type.googleapis.com/google.protobuf.UInt64Value",
];

const refusals = new WeakMap<object, TollgateError>();

/**
 * Looks at a body before the SDK decodes it, for the SDK overflows the stack on deep JSON, swallows `__proto__`, and
 * logs whole a body without `data` or with an unknown "@type". Such a body is emptied and the call goes on, so that
 * CORS and the token are answered first; the handler then finds the error with `refusalOf`.
 */
export function guardBody<Data, Answer, Chunk>(
  callable: CallableFunction<Data, Answer, Chunk>,
): CallableFunction<Data, Answer, Chunk> {
  const guarded: (...args: Parameters<typeof callable>) => void | Promise<void> = (
    request,
    response,
  ) => {
    const refusal = problemOf(request.body);
    if (refusal) {
      refusals.set(request, refusal);
      request.body = { data: null };
    }
    return callable(request, response);
  };
  const { length, name, ...properties } = Object.getOwnPropertyDescriptors(callable);
  return Object.defineProperties(guarded, properties) as typeof callable;
}

/** Why the body of this request was emptied. */
export function refusalOf(request: object): TollgateError | undefined {
  return refusals.get(request);
}

/** Bodies that are no object (another content type) are the SDK's to refuse. */
function problemOf(body: unknown): TollgateError | undefined {
  if (!isPlainObject(body)) return undefined;
  if (body.data === undefined) return invalidField("data", "is required");
  const bounds = { maxDepth: MAX_DEPTH, maxValues: MAX_VALUES };
  const found = findJsonProblem(body.data, bounds, typeProblem);
  return found && invalidField(fieldOf(found.path), found.problem);
}

/** 64-bit numbers of mobile clients come as {"@type", "value"}. */
function typeProblem(object: Readonly<Record<string, unknown>>): string | undefined {
  const type = object["@type"];
  if (!type) return undefined;
  const isNumber =
    NUMBER_TYPES.includes(type) && !Number.isNaN(Number.parseFloat(String(object.value)));
  return isNumber ? undefined : 'must not have a field "@type"';
}
