import { readText } from "../contracts/text.ts";
import { TollgateError } from "../core/errors.ts";
import { encodeKey } from "../core/ids.ts";

const MAX_UID_CHARACTERS = 128;

/** Who calls, as the verified token proves it; nothing here comes from the request's data. */
export interface Caller {
  readonly uid: string;
  /** "user:uid": whose request ids these are. */
  readonly subject: string;
  readonly isAdmin: boolean;
  readonly isService: boolean;
  readonly orgId: string | null;
  readonly department: string | null;
}

/** What the SDK says of a request's token; typed as loosely as the emulator fills it. */
interface TokenFacts {
  readonly uid?: unknown;
  readonly token?: unknown;
}

/**
 * The emulator gives an `auth` without uid for garbage, since it does not verify tokens.
 * @throws TollgateError UNAUTHENTICATED
 */
export function callerOf(auth: TokenFacts | null | undefined): Caller {
  const uid = auth?.uid;
  if (typeof uid !== "string" || uid === "" || [...uid].length > MAX_UID_CHARACTERS) {
    throw new TollgateError(
      "UNAUTHENTICATED",
      "Sign in first: the request carries no valid ID token.",
    );
  }
  const claims = claimsOf(auth?.token);
  return {
    uid,
    subject: `user:${uid}`,
    isAdmin: claims.admin === true,
    isService: claims.service === true,
    orgId: nameOf(claims.orgId),
    department: nameOf(claims.department),
  };
}

/** @throws TollgateError NOT_ADMIN */
export function requireAdmin(caller: Caller): void {
  if (!caller.isAdmin) throw new TollgateError("NOT_ADMIN", "This needs the claim admin.");
}

/** @throws TollgateError NOT_SERVICE */
export function requireService(caller: Caller): void {
  if (caller.isAdmin || caller.isService) return;
  throw new TollgateError("NOT_SERVICE", "This needs the claim service or admin.");
}

/**
 * Whose data to read: one's own, or for admins anybody's.
 * @returns undefined for everybody's, which only an admin who names no user gets
 * @throws TollgateError NOT_OWNER
 */
export function ownOrAdmin(caller: Caller, userId?: string): string | undefined {
  if (caller.isAdmin) return userId;
  if (userId === undefined || userId === caller.uid.normalize("NFC")) return caller.uid;
  throw new TollgateError("NOT_OWNER", "Only administrators may read the data of others.");
}

/**
 * Whose request ids a service's are when it acts for a user. Both are encoded: "a/for:b" for "c" is not "a" for
 * "b/for:c".
 */
export function subjectFor(caller: Caller, userId: string): string {
  return `service:${encodeKey(caller.uid)}/for:${encodeKey(userId)}`;
}

function claimsOf(token: unknown): Readonly<Record<string, unknown>> {
  return typeof token === "object" && token !== null ? { ...token } : {};
}

function nameOf(claim: unknown): string | null {
  const read = typeof claim === "string" ? readText(claim, MAX_UID_CHARACTERS) : undefined;
  return read && "text" in read ? read.text : null;
}
