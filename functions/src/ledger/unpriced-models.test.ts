import { describe, expect, it } from "@jest/globals";
import { planRepricing } from "./corrections.ts";
import type { Entry } from "./entry.ts";
import { outboxesOf } from "./outbox.ts";
import { repriced } from "./reprice.ts";
import { SAMPLE_RATES, sampleDraft, sampleHold } from "./testing/sample-call.ts";
import { smallStore } from "./testing/small-store.ts";
import { unpricedModels } from "./unpriced-models.ts";

const STARTED_MS = Date.parse("2026-11-22T14:00:00Z");
const LATER = new Date("2026-11-25T14:00:00Z");

function entryOf(
  requestId: string,
  minutes: number,
  rates: typeof SAMPLE_RATES | null = null,
): Entry {
  const startedAtMs = STARTED_MS + minutes * 60_000;
  const hold = sampleHold({ requestId, nonce: requestId, startedAtMs, rates });
  return { ...sampleDraft(hold, { input: 10, output: 5 }), shard: 0 };
}

async function modelsAmong(entries: readonly Entry[], since = new Date(STARTED_MS)) {
  const { documents, store } = smallStore();
  for (const entry of entries) {
    const doc = { collection: "usage_tracking" as const, id: entry.entryId };
    documents.apply([{ kind: "create", doc, fields: { ...entry } }]);
  }
  return (await unpricedModels(store, since)).models;
}

describe("models without a price", () => {
  it("are counted, with the first and the last of their calls", async () => {
    const entries = [entryOf("a", 5), entryOf("b", 0), entryOf("c", 9, SAMPLE_RATES)];
    expect(await modelsAmong(entries)).toEqual([
      {
        provider: "openai",
        model: "openai/gpt-4.1",
        calls: 2,
        tokens: 30,
        firstAt: new Date(STARTED_MS),
        lastAt: new Date(STARTED_MS + 300_000),
      },
    ]);
  });

  it("are gone once their calls are re-priced, however late that is", async () => {
    const [one, other] = [entryOf("a", 0), entryOf("b", 0)];
    const names = { provider: "openai", model: "openai/gpt-4.1", modelRequested: "gpt-4.1" };
    const target = repriced(one, [], { names, rates: SAMPLE_RATES });
    const corrections = target ? planRepricing(one, [], target, LATER) : [];
    const booked = corrections.map((draft) => ({ ...draft, shard: 0 }));
    expect(await modelsAmong([one, other, ...booked])).toMatchObject([{ calls: 1, tokens: 15 }]);
    expect(await modelsAmong([one, ...booked])).toEqual([]);
    expect(await modelsAmong([one, ...booked], LATER)).toEqual([]);
    expect(outboxesOf(booked, LATER)).not.toMatchObject([{ unpriced: expect.anything() }]);
  });

  it("are named by the outbox, for the alert on them", () => {
    const [outbox] = outboxesOf([entryOf("a", 0), entryOf("b", 1)], LATER);
    expect(outbox?.unpriced).toEqual([
      {
        provider: "openai",
        model: "openai/gpt-4.1",
        calls: 2,
        tokens: 30,
        at: entryOf("a", 0).settledAt,
      },
    ]);
    expect(outboxesOf([entryOf("c", 9, SAMPLE_RATES)], LATER)[0]).not.toHaveProperty("unpriced");
  });
});
