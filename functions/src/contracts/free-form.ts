import { z } from "zod";
import { findJsonProblem, isPlainObject, type JsonBounds } from "./json-guard.ts";

interface FreeFormBounds extends JsonBounds {
  /** UTF-8 bytes as JSON. */
  readonly maxBytes?: number;
}

/** An object whose fields are another's business: bounded in depth, number and size, passed on as it is. */
export function freeForm(bounds: FreeFormBounds) {
  return z.unknown().transform((value, context) => {
    const problem = problemOf(value, bounds);
    if (problem === undefined) return value as Readonly<Record<string, unknown>>;
    context.issues.push({ code: "custom", message: problem, input: value });
    return z.NEVER;
  });
}

function problemOf(value: unknown, bounds: FreeFormBounds): string | undefined {
  if (value === undefined) return "is required";
  if (!isPlainObject(value)) return "must be an object";
  const found = findJsonProblem(value, bounds);
  if (found) return found.problem;
  if (bounds.maxBytes === undefined || jsonBytes(value) <= bounds.maxBytes) return undefined;
  return `must be at most ${bounds.maxBytes} bytes as JSON`;
}

/** UTF-8 bytes of a value as JSON; 0 for what is absent. */
export function jsonBytes(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}
