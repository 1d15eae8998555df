import { describe, expect, it } from "@jest/globals";
import { ManualClock } from "../core/testing/manual-clock.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import { PRICE_BOOK } from "../pricing/book.ts";
import { USAGE_CONVERTERS } from "../providers/usage-converters.ts";
import { type TrackCommand, type TrackDeps, trackUsage } from "./track-usage.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");

function world() {
  const entries: EntryDraft[] = [];
  const deps: TrackDeps = {
    clock: new ManualClock(NOW),
    prices: async () => PRICE_BOOK,
    usageConverters: USAGE_CONVERTERS,
    budgets: { active: async () => [], spending: async () => [] },
    settings: {
      projectId: "demo-tollgate",
      defaultMaxOutputTokens: 4_096,
      minOutputTokens: 256,
      requestTimeoutMs: 60_000,
      holdMarginMs: 60_000,
      providerRetries: 0,
      abortDrainMs: 0,
      retentionDays: 400,
      journal: "beside",
      onStoreError: "deny",
    },
    record: async (draft) => {
      entries.push(draft);
      return { status: "recorded" };
    },
  };
  return { deps, entries };
}

function command(model: string, rawUsage: unknown): TrackCommand {
  return {
    request: {
      subject: "service:s/for:alice",
      attribution: {
        userId: "alice",
        orgId: null,
        department: null,
        apiKeyId: null,
        sessionId: null,
        agent: null,
        phase: null,
        operation: "chat",
        endpoint: "trackUsage",
        tags: [],
        metadata: {},
      },
      requestId: "r-1",
      model,
      payload: { model, usage: rawUsage },
    },
    rawUsage,
    status: "ok",
    latencyMs: 0,
    startedAtMs: NOW,
  };
}

async function tracked(model: string, rawUsage: unknown) {
  const { deps, entries } = world();
  const { cost } = await trackUsage(deps, command(model, rawUsage));
  return { cost, entry: entries[0] };
}

describe("trackUsage", () => {
  it("books a call of a provider that cannot be called from here", async () => {
    const { cost, entry } = await tracked("aws/us.amazon.nova-micro-v1:0", {
      inputTokens: 1_000_000,
      outputTokens: 0,
      totalTokens: 1_000_000,
    });
    expect(cost).toMatchObject({ nanoUsd: 35_000_000, priceStatus: "priced" });
    expect(entry).toMatchObject({ provider: "aws", model: "aws/amazon.nova-micro-v1:0" });
  });

  it("bills the service tier that the usage names", async () => {
    const usage = { input_tokens: 1_000, output_tokens: 100 };
    const standard = await tracked("anthropic/claude-haiku-4-5", usage);
    const batch = await tracked("anthropic/claude-haiku-4-5", { ...usage, service_tier: "batch" });
    expect(batch.cost.nanoUsd).toBe(standard.cost.nanoUsd / 2);
    expect(batch.cost.priceVersion).toBe("anthropic:claude-haiku-4-5:2025-10-01:batch");
  });

  it("books a service tier without a price as unpriced, not as standard", async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 9, service_tier: "scale" };
    const { cost } = await tracked("openai/gpt-4o", usage);
    expect(cost).toMatchObject({ nanoUsd: 0, priceStatus: "unpriced" });
  });

  it("keeps what the provider says that the call cost beside its own bill", async () => {
    const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, cost: 0.00123 };
    const { cost, entry } = await tracked("openrouter/openai/gpt-4o-mini", usage);
    expect(cost.nanoUsd).toBe(21_000);
    expect(entry?.providerCostNanoUsd).toBe(1_230_000);
    expect((await tracked("openai/gpt-4o", { ...usage, cost: null })).entry).toMatchObject({
      providerCostNanoUsd: null,
    });
  });

  it("books what the provider does not split by price as an estimate", async () => {
    const usage = {
      promptTokenCount: 100,
      cachedContentTokenCount: 70,
      promptTokensDetails: [{ modality: "AUDIO", tokenCount: 60 }],
    };
    const { entry } = await tracked("google/gemini-2.5-flash", usage);
    expect(entry).toMatchObject({
      usageStatus: "estimated",
      estimatedBecause: "usage_unsplit",
      inputTokens: 100,
      rawUsage: usage,
    });
  });

  it("keeps the usage of an answer, and nothing else of it", async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 };
    const answer = { choices: [{ message: { content: "secret" } }], service_tier: "flex", usage };
    const { entry, cost } = await tracked("openai/gpt-5", answer);
    expect(entry?.rawUsage).toEqual(usage);
    expect(cost.priceVersion).toBe("openai:gpt-5:2025-08-07:flex");
  });

  it.each([
    [
      "a part above its whole",
      "openai/gpt-4o",
      { prompt_tokens: 1, completion_tokens: 1, total_tokens: 3 },
    ],
    ["no usage", "anthropic/claude-opus-5", {}],
    [
      "counts without a sum",
      "anthropic/claude-opus-5",
      { input_tokens: 2 ** 53 - 1, output_tokens: 5 },
    ],
    [
      "samplings without a sum",
      "anthropic/claude-opus-5",
      {
        input_tokens: 2 ** 53 - 1,
        output_tokens: 0,
        iterations: [
          { type: "message", input_tokens: 2 ** 53 - 1, output_tokens: 0 },
          { type: "compaction", input_tokens: 5, output_tokens: 0 },
        ],
      },
    ],
    [
      "hits and misses that are no prompt",
      "deepseek/deepseek-chat",
      {
        prompt_tokens: 100,
        total_tokens: 100,
        prompt_cache_hit_tokens: 10,
        prompt_cache_miss_tokens: 5,
      },
    ],
    ["another provider's words", "mistral/mistral-large-2512", { inputTokens: 1, outputTokens: 1 }],
    [
      "more tokens than any call has",
      "aws/amazon.nova-pro-v1:0",
      { inputTokens: 1e9, outputTokens: 1 },
    ],
  ])("refuses %s", async (_what, model, usage) => {
    const { deps, entries } = world();
    await expect(trackUsage(deps, command(model, usage))).rejects.toMatchObject({
      reason: "INVALID_FIELD",
      facts: { field: "usage" },
    });
    expect(entries).toEqual([]);
  });

  it("does not know a provider that nobody reads", async () => {
    const { deps } = world();
    await expect(trackUsage(deps, command("acme/m", { prompt_tokens: 1 }))).rejects.toMatchObject({
      reason: "UNKNOWN_MODEL",
    });
  });
});
