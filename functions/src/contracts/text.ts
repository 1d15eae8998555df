import { z } from "zod";
import { MAX_DOCUMENT_ID_CHARACTERS, MAX_ID_CHARACTERS } from "./bounds.ts";

/** NFC joins at most 4 code units to one; beyond twice that nothing can come out short enough. */
const MAX_UNITS_PER_CHARACTER = 8;
const CONTROL = /\p{Cc}/u;

type ReadText = { readonly text: string } | { readonly problem: string };

/**
 * Text of 1 to `maxCharacters` code points, NFC-normalised, without control characters and lone surrogates.
 * Slashes, dots, underscores and other scripts are allowed: what becomes part of a document id is encoded there.
 */
export function readText(raw: string, maxCharacters: number, minCharacters = 1): ReadText {
  const tooLong = { problem: `must be at most ${maxCharacters} characters` };
  if (raw.length > maxCharacters * MAX_UNITS_PER_CHARACTER) return tooLong;
  if (raw.length < minCharacters) return { problem: "must not be empty" };
  if (!raw.isWellFormed()) return { problem: "must not contain lone surrogates" };
  if (CONTROL.test(raw)) return { problem: "must not contain control characters" };
  const text = raw.normalize("NFC");
  return [...text].length > maxCharacters ? tooLong : { text };
}

/** A short text as `readText` takes it. */
export function shortText(maxCharacters: number, minCharacters = 1) {
  return z.string().transform((raw, context) => {
    const read = readText(raw, maxCharacters, minCharacters);
    if ("text" in read) return read.text;
    context.issues.push({ code: "custom", message: read.problem, input: raw });
    return z.NEVER;
  });
}

/** An id that a client or an administrator made: of a request, a user, a session, an agent, a model ... */
export const id = shortText(MAX_ID_CHARACTERS);

/** An id that Tollgate made and has shown: it is used as it stands, so it may hold only what our ids hold. */
export const documentId = z
  .string()
  .max(MAX_DOCUMENT_ID_CHARACTERS)
  .regex(/^(?!__.*__$)[A-Za-z0-9%:_*-]+$/, { error: "must be an id as it was listed" });

/** Content of a message: any text; lone surrogates are replaced, so that tokenizer and wire see the same. */
export const content = z.string().overwrite((text) => text.toWellFormed());
