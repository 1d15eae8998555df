import { SCHEMA_VERSION } from "./entry.ts";
import { wireSettlement } from "./overflow-schema.ts";
import type { Settlement } from "./settle.ts";

/** Eventarc's subscriptions keep a message for 24 h; what is older than this by then is logged instead. */
export const MAX_OVERFLOW_AGE_MS = 20 * 3_600_000;

export type Decoded =
  | { readonly settlement: Settlement }
  /** What is wrong with the text; repeating will not cure it. */
  | { readonly problem: string };

/** A settlement that the store did not take, complete: the same text is published, logged and replayed. */
export function encodeSettlement({ entries, holdId, hold }: Settlement): string {
  return JSON.stringify({ schemaVersion: SCHEMA_VERSION, entries, holdId, hold });
}

export function decodeSettlement(text: string): Decoded {
  const wire = parsed(text);
  if (wire === undefined) return { problem: "it is not JSON" };
  const { schemaVersion } = (wire ?? {}) as { schemaVersion?: unknown };
  if (Number.isInteger(schemaVersion) && schemaVersion !== SCHEMA_VERSION) {
    return { problem: `it has schemaVersion ${schemaVersion}, not ${SCHEMA_VERSION}` };
  }
  const { data, error } = wireSettlement.safeParse(wire);
  if (data) return { settlement: { entries: data.entries, holdId: data.holdId, hold: data.hold } };
  const [issue] = error.issues;
  return { problem: `it is no settlement: ${issue?.path.join(".")}: ${issue?.message}` };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
