import { invalidField } from "../core/errors.ts";
import { MAX_DEPTH, MAX_VALUES } from "./bounds.ts";

/** Keys that reach an object's prototype somewhere along the way. */
const PROTOTYPE_KEYS = new Set(["__proto__", "constructor", "prototype"]);
const MAX_FIELD_CHARACTERS = 200;

export interface JsonBounds {
  /** Levels of objects and arrays; a plain value has none. */
  readonly maxDepth: number;
  /** Values in all, objects and arrays included. */
  readonly maxValues: number;
}

interface JsonProblem {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

/** Says what is wrong with one object beyond the bounds, or nothing. */
type ObjectCheck = (object: Readonly<Record<string, unknown>>) => string | undefined;

interface Place {
  readonly value: unknown;
  readonly key: string | number;
  readonly parent: Place | undefined;
  readonly depth: number;
}

/**
 * Finds what no contract accepts: too deep, too many values, prototype keys, swallowed prototypes, values that are
 * not JSON. It walks with a stack of its own, so that 100 000 levels cost it no more than the first few dozen.
 */
export function findJsonProblem(
  root: unknown,
  bounds: JsonBounds,
  check?: ObjectCheck,
): JsonProblem | undefined {
  const places: Place[] = [{ value: root, key: "", parent: undefined, depth: 0 }];
  let values = 1;
  for (let place = places.pop(); place; place = places.pop()) {
    const problem = problemOf(place, bounds, check);
    if (problem) return { path: pathOf(place), problem };
    const keys = keysOf(place.value);
    values += keys.length;
    if (values > bounds.maxValues) {
      return { path: pathOf(place), problem: `must hold at most ${bounds.maxValues} values` };
    }
    for (const key of keys.toReversed()) {
      if (PROTOTYPE_KEYS.has(key)) {
        return { path: [...pathOf(place), key], problem: "is not an allowed name" };
      }
      places.push(childOf(place, key));
    }
  }
  return undefined;
}

/** @throws TollgateError INVALID_FIELD */
export function assertPlainJson(data: unknown): void {
  const found = findJsonProblem(data, { maxDepth: MAX_DEPTH, maxValues: MAX_VALUES });
  if (found) throw invalidField(fieldOf(found.path), found.problem);
}

/** ["messages", 3, "content"] -> "messages[3].content"; the whole is "data". */
export function fieldOf(path: readonly PropertyKey[]): string {
  let field = "";
  for (const key of path) {
    if (typeof key === "number") field += `[${key}]`;
    else field += field === "" ? String(key) : `.${String(key)}`;
    if (field.length > MAX_FIELD_CHARACTERS) break;
  }
  return field.slice(0, MAX_FIELD_CHARACTERS).toWellFormed() || "data";
}

/** An object as JSON makes it, from any realm; a swallowed `__proto__` shows as a prototype that has one itself. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function problemOf(
  { value, depth }: Place,
  bounds: JsonBounds,
  check?: ObjectCheck,
): string | undefined {
  if (typeof value === "number")
    return Number.isFinite(value) ? undefined : "must be a finite number";
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
    return "must be a JSON value";
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (depth >= bounds.maxDepth) return `must not be nested deeper than ${bounds.maxDepth} levels`;
  if (Array.isArray(value)) return undefined;
  return isPlainObject(value) ? check?.(value) : "must be a plain object";
}

function keysOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function childOf(parent: Place, key: string): Place {
  return {
    value: (parent.value as Record<string, unknown>)[key],
    key: Array.isArray(parent.value) ? Number(key) : key,
    parent,
    depth: parent.depth + 1,
  };
}

function pathOf(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at.parent; at = at.parent) path.unshift(at.key);
  return path;
}
