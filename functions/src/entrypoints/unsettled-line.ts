import { gunzipSync, gzipSync } from "node:zlib";

/**
 * Cloud Logging takes 256 KB for an entry, so this leaves room for what it adds.
 * https://cloud.google.com/logging/quotas
 */
const MAX_PLAIN_BYTES = 200_000;
/** The longest settlement is a tenth of it; what is longer is none of ours. */
const MAX_UNPACKED_BYTES = 20_000_000;

/** The fields of a log line that hold a settlement whole: its text or, where that would be cut off, compressed. */
export function unsettledFields(text: string): Readonly<Record<string, string>> {
  if (Buffer.byteLength(JSON.stringify(text)) <= MAX_PLAIN_BYTES) return { unsettled: text };
  return { unsettledGzip: gzipSync(text).toString("base64") };
}

/**
 * The settlement's text in a record: a line as the functions write it, as Cloud Logging exports it, the text itself,
 * or a message as it is pulled from a subscription. undefined: the record holds none.
 * @throws Error when what is compressed cannot be read
 */
export function unsettledIn(record: unknown): string | undefined {
  const { unsettled, unsettledGzip, jsonPayload, textPayload, entries, message } = fieldsOf(record);
  if (typeof unsettled === "string") return unsettled;
  if (typeof unsettledGzip === "string") return unpacked(unsettledGzip);
  if (jsonPayload !== undefined) return unsettledIn(jsonPayload);
  if (typeof textPayload === "string") return unsettledIn(jsonIn(textPayload));
  if (entries !== undefined) return JSON.stringify(record);
  const { data } = fieldsOf(message);
  return typeof data === "string" ? Buffer.from(data, "base64").toString("utf8") : undefined;
}

/** The JSON object that a line ends with; undefined when it does not. */
export function jsonIn(line: string): unknown {
  const start = line.indexOf("{");
  if (start < 0) return undefined;
  try {
    return JSON.parse(line.slice(start)) as unknown;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function unpacked(base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES }).toString("utf8");
}
