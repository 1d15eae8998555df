import { TollgateError } from "../core/errors.ts";
import { signInService } from "./sign-in-service.ts";

const RETRY_AFTER_SECONDS = 5;

/** Codes that say something of the token or its user, not of the service that looks it up. */
const REFUSED = new Set([
  "auth/argument-error",
  "auth/id-token-expired",
  "auth/id-token-revoked",
  "auth/invalid-id-token",
  "auth/user-disabled",
  "auth/user-not-found",
]);

/**
 * A token is valid for an hour, whatever happens to its user meanwhile; doors of administrators ask again, at the
 * price of one look-up.
 * @throws TollgateError UNAUTHENTICATED, or STORE_UNAVAILABLE when nobody can be asked
 */
export async function refuseRevoked(rawToken: string | undefined): Promise<void> {
  try {
    const auth = await signInService();
    await auth.verifyIdToken(rawToken ?? "", true);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (REFUSED.has(code)) {
      throw new TollgateError(
        "UNAUTHENTICATED",
        "The session has ended: sign in again.",
        {},
        { cause },
      );
    }
    const facts = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    throw new TollgateError("STORE_UNAVAILABLE", "The sign-in service does not answer.", facts, {
      cause,
    });
  }
}
