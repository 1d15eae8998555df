import { invalidField } from "../core/errors.ts";
import type { EntryPosition, MonthPosition } from "./port.ts";

/** Ids as `hashId` makes them. */
const ENTRY_ID = /^[a-z2-7]{26}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A user id of 128 characters, each of 4 bytes, and the rest. */
const MAX_CURSOR_CHARACTERS = 1_000;

export function entryCursor({ day, startedAtMs, entryId }: EntryPosition): string {
  return encode([day, startedAtMs, entryId]);
}

/** @throws TollgateError INVALID_FIELD for what no list has given */
export function entryPosition(cursor: string): EntryPosition {
  const [day, startedAtMs, entryId] = decode(cursor, 3);
  const isDay = typeof day === "string" && DAY.test(day);
  const isId = typeof entryId === "string" && ENTRY_ID.test(entryId);
  if (!isDay || !isId || !isInstantMs(startedAtMs)) throw garbled();
  return { day, startedAtMs, entryId };
}

export function monthCursor({ costNanoUsd, userId }: MonthPosition): string {
  return encode([costNanoUsd, userId]);
}

/** @throws TollgateError INVALID_FIELD for what no list has given */
export function monthPosition(cursor: string): MonthPosition {
  const [costNanoUsd, userId] = decode(cursor, 2);
  const isUser = typeof userId === "string" && userId.length > 0 && userId.isWellFormed();
  if (!isUser || !Number.isSafeInteger(costNanoUsd)) throw garbled();
  return { costNanoUsd: costNanoUsd as number, userId };
}

function encode(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

function decode(cursor: string, count: number): unknown[] {
  if (cursor.length > MAX_CURSOR_CHARACTERS) throw garbled();
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parts) && parts.length === count) return parts;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  throw garbled();
}

/** An instant that a Date can hold. */
function isInstantMs(value: unknown): value is number {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15;
}

function garbled(): Error {
  return invalidField("cursor", "is not one that a list gave");
}
