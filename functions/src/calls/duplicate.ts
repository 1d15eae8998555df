import { TollgateError } from "../core/errors.ts";
import type { Entry, RequestIdentity } from "../ledger/entry.ts";
import type { Snapshot } from "../ledger/plan.ts";
import { costOfEntry, usageOfEntry } from "./result.ts";

/** What a caller is told whose request id is taken; answers are not kept, usage and cost are. */
export function duplicateRequest(
  identity: Pick<RequestIdentity, "requestId" | "payloadHash">,
  entry: Snapshot | undefined,
  hold: Snapshot | undefined,
): TollgateError {
  const { requestId } = identity;
  const settled = entry?.fields as Entry | undefined;
  const earlierHash = settled?.payloadHash ?? hold?.fields.payloadHash;
  if (earlierHash !== identity.payloadHash) {
    return refusal("this requestId was used with another payload", {
      requestId,
      state: "different",
    });
  }
  if (!settled) return refusal("this request is running", { requestId, state: "running" });
  return refusal("this request has been answered", {
    requestId,
    state: "settled",
    entryId: settled.entryId,
    usage: usageOfEntry(settled),
    cost: costOfEntry(settled),
  });
}

function refusal(message: string, facts: Record<string, unknown>): TollgateError {
  return new TollgateError("DUPLICATE_REQUEST", message, facts);
}
