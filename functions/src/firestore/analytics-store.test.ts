import type { Firestore } from "@google-cloud/firestore";
import { describe, expect, it } from "@jest/globals";
import { firestoreAnalytics } from "./analytics-store.ts";

/** As much of a database as reading a month takes. */
function analyticsOver(getAll: () => Promise<unknown>) {
  const db = { collection: () => ({ doc: (id: string) => ({ id }) }), getAll };
  return firestoreAnalytics(db as unknown as Firestore, { shards: 1, deadlineMs: 20 });
}

function failing(code: number) {
  return analyticsOver(async () => {
    throw Object.assign(new Error("refused"), { code });
  });
}

describe("a store that does not answer", () => {
  it("is STORE_UNAVAILABLE after the deadline", async () => {
    const silent = analyticsOver(() => new Promise(() => {}));
    await expect(silent.months("alice", ["2026-11"])).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      facts: { retryAfterSeconds: 5 },
      cause: { name: "StoreTimeoutError" },
    });
  });

  it.each([4, 8, 10, 14])("is STORE_UNAVAILABLE with gRPC code %i", async (code) => {
    await expect(failing(code).months("alice", ["2026-11"])).rejects.toMatchObject({
      reason: "STORE_UNAVAILABLE",
      cause: { code },
    });
  });
});

describe("a fault of ours", () => {
  it.each([3, 7, 9])("keeps its gRPC code %i: no repetition cures it", async (code) => {
    const read = failing(code).months("alice", ["2026-11"]);
    await expect(read).rejects.toMatchObject({ message: "refused", code });
  });
});
