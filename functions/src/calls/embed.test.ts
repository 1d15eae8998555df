import { describe, expect, it } from "@jest/globals";
import { sampleBudget } from "../budgets/testing/sample-budget.ts";
import type { CallSettings } from "./deps.ts";
import { embed } from "./embed.ts";
import type { EmbeddingAnswer } from "./port.ts";
import type { CallRequest } from "./request.ts";
import { callWorld, requestOf, settled } from "./testing/call-world.ts";
import { ABORTED, type EmbeddingScript } from "./testing/scripted-provider.ts";

describe("an embeddings call", () => {
  it("gives the vectors with their usage and cost once its entry is durable", async () => {
    const world = setUp();
    world.state.budgets = [sampleBudget({ unit: "tokens", limit: 1_000 })];
    const { result, script } = await world.begin();
    expect(script.request).toEqual({ model: "text-embedding-3-small", input: ["ab", "cde"] });
    script.sink.onDone(vectors());
    /** 5 tokens at 0.02 dollars per million are 100 nanoUSD. */
    expect(await result).toMatchObject({
      embeddings: [[1], [2]],
      model: "openai/text-embedding-3-small",
      usage: { inputTokens: 5, outputTokens: 0, status: "exact" },
      cost: { nanoUsd: 100 },
      budgets: [{ unit: "tokens", spent: 105 }],
    });
    expect(world.entries()[0]).toMatchObject({ firstChunkMs: null, status: "ok" });
    expect(world.all("usage_holds")).toEqual({});
  });

  it.each<[string, Partial<CallRequest>, Partial<CallSettings>]>([
    ["the client made the id", { requestId: "r1" }, {}],
    ["the journal comes first", {}, { journal: "before" }],
  ])("waits for its hold when %s", async (_what, request, settings) => {
    const world = setUp(settings);
    await world.begin(request);
    expect(world.log[0]).toContain("create usage_holds");
    expect(world.log[1]).toBe("provider");
  });

  it("runs once under an id that the client made", async () => {
    const world = setUp();
    const { result, script } = await world.begin({ requestId: "r1" });
    script.sink.onDone(vectors());
    await result;
    const again = embed(world.deps, commandOf({ requestId: "r1" }), new AbortController().signal);
    await expect(again).rejects.toMatchObject({ facts: { state: "settled" } });
  });

  it("counts for itself when the provider does not", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    script.sink.onDone(vectors({ rawUsage: undefined }));
    await result;
    expect(world.entries()[0]).toMatchObject({
      usageStatus: "estimated",
      estimatedBecause: "usage_missing",
      classes: { input: 5 },
    });
  });

  it("is aborted when the client leaves, before or meanwhile", async () => {
    const world = setUp();
    const controller = new AbortController();
    const { result, script } = await world.begin({}, controller);
    controller.abort();
    expect(script.told).toEqual(["abort"]);
    script.sink.onError(ABORTED);
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_UNAVAILABLE" });
    expect(world.entries()[0]).toMatchObject({
      status: "aborted",
      estimatedBecause: "stream_ended_early",
      classes: { input: 5 },
    });
    expect((await world.begin({}, controller)).script.told).toEqual(["abort"]);
  });

  it("has an entry that cost nothing when it was refused", async () => {
    const world = setUp();
    const { result, script } = await world.begin();
    const providerRequestId = "req_failed";
    script.sink.onError({
      kind: "rejected",
      maybeBilled: false,
      sent: "whole",
      message: "No.",
      providerRequestId,
    });
    await expect(result).rejects.toMatchObject({ reason: "PROVIDER_REJECTED" });
    expect(world.entries()[0]).toMatchObject({
      status: "error",
      costNanoUsd: 0,
      providerRequestId,
    });
  });

  it("refuses a chat model", async () => {
    const { begin } = setUp();
    const { result } = await begin({ model: "gpt-4o-mini" });
    await expect(result).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      facts: { field: "model" },
    });
  });
});

function setUp(settings: Partial<CallSettings> = {}) {
  const world = callWorld(settings);
  const begin = async (request: Partial<CallRequest> = {}, controller = new AbortController()) => {
    const result = embed(world.deps, commandOf(request), controller.signal);
    result.catch(() => {});
    await settled();
    return { result, script: world.provider.embeddings.at(-1) as EmbeddingScript };
  };
  return { ...world, begin };
}

function commandOf(request: Partial<CallRequest>) {
  return {
    ...requestOf({ model: "text-embedding-3-small", ...request }),
    embedding: { input: ["ab", "cde"] },
  };
}

function vectors(more: Partial<EmbeddingAnswer> = {}): EmbeddingAnswer {
  return {
    embeddings: [[1], [2]],
    modelAnswered: "text-embedding-3-small",
    providerRequestId: "req_1",
    rawUsage: { input: 5 },
    ...more,
  };
}
