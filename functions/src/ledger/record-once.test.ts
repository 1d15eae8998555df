import { describe, expect, it } from "@jest/globals";
import { LedgerStoreError } from "./errors.ts";
import { recordOnce } from "./record-once.ts";
import type { Fate } from "./testing/memory-store.ts";
import { sampleDraft, sampleHold } from "./testing/sample-call.ts";
import { smallStore } from "./testing/small-store.ts";

const STARTED_MS = Date.parse("2026-11-22T14:00:00Z");

describe("recordOnce", () => {
  it("records an entry and what it adds", async () => {
    const { record, world } = setUp();
    expect(await record(draftOf("a"))).toEqual({ status: "recorded" });
    expect(Object.keys(world.all("usage_tracking"))).toHaveLength(1);
    expect(Object.keys(world.all("usage_outbox"))).toHaveLength(1);
  });

  it("finds what was recorded before, with its first result", async () => {
    const { record, world } = setUp();
    await record(draftOf("a", 1_000));
    const again = await record(draftOf("a", 9_000));
    expect(again).toMatchObject({ status: "repeated", entry: { nonce: "a", latencyMs: 120 } });
    expect(Object.keys(world.all("usage_outbox"))).toHaveLength(1);
  });

  it("finds its id taken by another payload", async () => {
    const { record } = setUp();
    await record(draftOf("a"));
    expect(await record(draftOf("b"))).toMatchObject({
      status: "taken",
      entry: { fields: { nonce: "a" } },
    });
  });

  it.each<Fate>(["lands_twice", "lands_unheard"])(
    "takes its own work for that of an earlier try when the commit %s",
    async (fate) => {
      const { record, world } = setUp([fate]);
      expect(await record(draftOf("a"))).toMatchObject({ status: "repeated" });
      expect(Object.keys(world.all("usage_outbox"))).toHaveLength(1);
    },
  );

  it.each<Fate>(["lost", "refused"])(
    "throws when the commit was %s: send it again",
    async (fate) => {
      const { record, world } = setUp([fate]);
      await expect(record(draftOf("a"))).rejects.toBeInstanceOf(LedgerStoreError);
      expect(world.all("usage_tracking")).toEqual({});
      expect(await record(draftOf("a"))).toEqual({ status: "recorded" });
    },
  );
});

function setUp(fates: readonly Fate[] = []) {
  const world = smallStore();
  world.fates.push(...fates);
  let ids = 0;
  const context = {
    now: new Date(STARTED_MS),
    shards: 4,
    randomId: () => {
      ids += 1;
      return `outbox-${ids}`;
    },
  };
  const record = (draft: ReturnType<typeof draftOf>) =>
    recordOnce(world.store, draft, context, 3_000);
  return { world, record };
}

function draftOf(nonce: string, settledAfterMs = 500) {
  const hold = sampleHold({ requestId: "r1", nonce, payloadHash: nonce, startedAtMs: STARTED_MS });
  const settledAt = new Date(STARTED_MS + settledAfterMs);
  return sampleDraft(hold, { input: 10 }, { settledAt });
}
