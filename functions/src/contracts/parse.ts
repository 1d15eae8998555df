import type { z } from "zod";
import { invalidField } from "../core/errors.ts";
import { assertPlainJson, fieldOf, isPlainObject } from "./json-guard.ts";

interface FoundIssue {
  readonly path: readonly PropertyKey[];
  readonly problem: string;
}

/**
 * What a door takes from the outside: the normalised request, or an error that names the first field at fault and
 * what is wrong with it, without its value. No data, which the SDKs send for a call without an argument, is an empty
 * request; a field that is null is a wrong one, for JSON makes null of NaN.
 * @throws TollgateError INVALID_FIELD
 */
export function parse<Schema extends z.ZodType>(schema: Schema, data: unknown): z.output<Schema> {
  const given = data ?? {};
  if (!isPlainObject(given)) throw invalidField("data", "must be an object");
  assertPlainJson(given);
  const result = schema.safeParse(given, { error: problemOf });
  if (result.success) return result.data;
  const { path, problem } = firstIssue(result.error.issues);
  throw invalidField(fieldOf(path), problem);
}

function firstIssue(issues: readonly z.core.$ZodIssue[]): FoundIssue {
  const issue = issues[0];
  if (!issue) return { path: [], problem: "is not valid" };
  if (issue.code === "unrecognized_keys") {
    return { path: [...issue.path, issue.keys[0] ?? ""], problem: "is not a known field" };
  }
  const branch = issue.code === "invalid_union" ? issue.errors.find(isWithin) : undefined;
  if (!branch) return { path: issue.path, problem: issue.message };
  const inner = firstIssue(branch);
  return { path: [...issue.path, ...inner.path], problem: inner.problem };
}

/** The branch of a union that the value was meant for: right at the top, wrong inside. */
function isWithin(issues: readonly z.core.$ZodIssue[]): boolean {
  const issue = issues[0];
  if (issue === undefined) return false;
  return issue.path.length > 0 || (issue.code !== "invalid_type" && issue.code !== "invalid_value");
}

/** A sentence for people, used wherever a schema does not bring its own. */
function problemOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? "is required"
        : `must be ${NAMES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return issue.input === undefined
        ? "is required"
        : `must be ${issue.values.map(quoted).join(" or ")}`;
    case "too_big":
      return `must be at most ${issue.maximum}${UNITS[issue.origin] ?? ""}`;
    case "too_small":
      return `must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${UNITS[issue.origin] ?? ""}`;
    default:
      return "is not valid";
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "an integer",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};

const UNITS: Readonly<Record<string, string>> = { string: " characters", array: " items" };

function quoted(value: unknown): string {
  return JSON.stringify(value);
}
