import { createHash } from "node:crypto";

/** Longest encoded text in an id or a map's key, bytes; Firestore's own bound for an id is 1500. */
const MAX_KEY_BYTES = 200;
const ID_LENGTH = 26;
const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * Makes any text safe as a part of a document id or as a map's key: all but [A-Za-z0-9-] is percent-encoded,
 * and what is longer than 200 bytes is hashed. "a_b" -> "a%5Fb", so that "a_b" + "c" differs from "a" + "b_c".
 */
export function encodeKey(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(text.normalize("NFC"), "utf8")) {
    const char = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9-]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded.length > MAX_KEY_BYTES ? `%hash-${hashId("key", text.normalize("NFC"))}` : encoded;
}

/** What a key says to people; a hashed key stays as it is. */
export function decodeKey(key: string): string {
  return key.startsWith("%hash-") ? key : decodeURIComponent(key);
}

/** First 26 characters of base32 (RFC 4648, lower case) of sha256 over the JSON array of the parts. */
export function hashId(...parts: readonly (string | number)[]): string {
  return base32(createHash("sha256").update(JSON.stringify(parts)).digest()).slice(0, ID_LENGTH);
}

/** Spread over the key space, and nobody can squat on or read the id of another subject's request. */
export function entryIdOf(subject: string, requestId: string, attempt: number): string {
  return hashId(subject, requestId, attempt);
}

export function holdIdOf(subject: string, requestId: string): string {
  return hashId(subject, requestId);
}

/** Corrections of an entry form a chain: n = 1, 2, 3 ... */
export function correctionIdOf(entryId: string, n: number): string {
  return hashId(entryId, "c", n);
}

/** The id of an entry whose own id is taken by a call that really ran twice. */
export function twinIdOf(entryId: string, nonce: string): string {
  return hashId(entryId, nonce);
}

/** 0 .. count - 1, evenly spread for ids made by `hashId`. */
export function shardOf(id: string, count: number): number {
  return createHash("sha256").update(id).digest().readUInt32BE(0) % count;
}

/** A hash of a JSON value in which the order of keys does not matter. */
export function payloadHashOf(payload: unknown): string {
  return createHash("sha256").update(canonicalJson(payload)).digest("base64url");
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function base32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >>> bits) & 31];
    }
  }
  return text;
}
