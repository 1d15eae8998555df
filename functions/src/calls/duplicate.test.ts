import { describe, expect, it } from "@jest/globals";
import { sampleDraft, sampleHold } from "../ledger/testing/sample-call.ts";
import { duplicateRequest } from "./duplicate.ts";

const hold = sampleHold({ requestId: "r1", nonce: "n1", startedAtMs: 0, payloadHash: "same" });
const draft = sampleDraft(hold, { input: 10 });
const snapshot = (fields: object) => ({ fields: { ...fields }, version: "1" });

describe("duplicateRequest", () => {
  it("tells what a settled request used and cost; answers are not kept", () => {
    const error = duplicateRequest(hold, snapshot(draft), undefined);
    expect(error).toMatchObject({
      reason: "DUPLICATE_REQUEST",
      facts: {
        requestId: "r1",
        state: "settled",
        entryId: draft.entryId,
        usage: { inputTokens: 10, status: "exact" },
        cost: { nanoUsd: 10_000, usd: "0.00001" },
      },
    });
  });

  it("says that a request is running while only its hold is there", () => {
    expect(duplicateRequest(hold, undefined, snapshot(hold)).facts).toEqual({
      requestId: "r1",
      state: "running",
    });
  });

  it.each([
    ["settled", snapshot(draft), undefined],
    ["running", undefined, snapshot(hold)],
    ["of which nothing is known", undefined, undefined],
  ])("tells nothing of another payload's request that is %s", (_what, entry, stored) => {
    const error = duplicateRequest({ requestId: "r1", payloadHash: "other" }, entry, stored);
    expect(error.facts).toEqual({ requestId: "r1", state: "different" });
  });
});
