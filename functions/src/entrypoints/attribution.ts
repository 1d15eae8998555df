import { encodeKey } from "../core/ids.ts";
import type { Attribution } from "../ledger/entry.ts";
import type { Caller } from "./caller.ts";

/** What a client says of a call. */
interface Claimed {
  readonly sessionId?: string | undefined;
  readonly agent?: string | undefined;
  readonly phase?: string | undefined;
  readonly operation?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** For whom a call is: what the token proves, and beside it what the client claims. */
export function attributionOf(
  caller: Pick<Caller, "uid" | "orgId" | "department">,
  claimed: Claimed,
  defaults: { readonly operation: string; readonly endpoint: string },
): Attribution {
  return {
    userId: caller.uid,
    orgId: caller.orgId,
    department: caller.department,
    apiKeyId: null,
    sessionId: claimed.sessionId ?? null,
    agent: claimed.agent ?? null,
    phase: claimed.phase ?? null,
    operation: claimed.operation ?? defaults.operation,
    endpoint: defaults.endpoint,
    tags: claimed.tags ?? [],
    metadata: encodedKeys(claimed.metadata ?? {}),
  };
}

function encodedKeys(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [encodeKey(key), value]),
  );
}
