import { z } from "zod";
import {
  MAX_METADATA_FIELDS,
  MAX_METADATA_KEY_CHARACTERS,
  MAX_METADATA_VALUE_CHARACTERS,
  MAX_TAG_CHARACTERS,
  MAX_TAGS,
} from "./bounds.ts";
import { isPlainObject } from "./json-guard.ts";
import { id, readText, shortText } from "./text.ts";

type Metadata = Readonly<Record<string, string>>;

const metadata = z.unknown().transform((value, context): Metadata => {
  if (!isPlainObject(value)) {
    context.issues.push({ code: "custom", message: "must be an object", input: value });
    return z.NEVER;
  }
  const fields = Object.entries(value);
  if (fields.length > MAX_METADATA_FIELDS) {
    const message = `must have at most ${MAX_METADATA_FIELDS} fields`;
    context.issues.push({ code: "custom", message, input: value });
    return z.NEVER;
  }
  const read = new Map<string, string>();
  for (const [key, text] of fields) {
    const problem = readField(read, key, text);
    if (problem)
      context.issues.push({ code: "custom", message: problem, path: [key], input: text });
  }
  return Object.fromEntries(read);
});

function readField(
  read: Map<string, string>,
  rawKey: string,
  rawValue: unknown,
): string | undefined {
  const key = readText(rawKey, MAX_METADATA_KEY_CHARACTERS);
  if ("problem" in key) return `has a name that ${key.problem}`;
  if (read.has(key.text)) return "is given twice";
  if (typeof rawValue !== "string") return "must be a string";
  const value = readText(rawValue, MAX_METADATA_VALUE_CHARACTERS, 0);
  if ("problem" in value) return value.problem;
  read.set(key.text, value.text);
  return undefined;
}

/** What a client says of a call; kept apart from what its token proves. */
export const claimedFields = {
  sessionId: id.optional(),
  agent: id.optional(),
  phase: id.optional(),
  operation: id.optional(),
  tags: z.array(shortText(MAX_TAG_CHARACTERS)).max(MAX_TAGS).optional(),
  metadata: metadata.optional(),
};
