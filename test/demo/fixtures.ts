import type { TotalsResult } from "../../functions/src/contracts/results.ts";
import type { ProvenEntry } from "../../tools/demo/proof.ts";
import { createScreen } from "../../tools/demo/screen.ts";
import type { SimRecord } from "../../tools/sim-model/records.ts";
import { chatUsage } from "../../tools/sim-model/usage.ts";

/** No colours, as without a terminal. */
export const { colors } = createScreen(process.stdout, { NO_COLOR: "1" });

export const usage = (textTokens: number, cachedTokens: number, output: number, reasoning = 0) =>
  chatUsage(
    { textTokens, cachedTokens, audioTokens: 0 },
    { textTokens: output, reasoningTokens: reasoning, audioTokens: 0 },
  );

/** A call of gpt-4o-mini that cost 155 400 nanoUSD, as the model remembers it. */
export function record(fields: Partial<SimRecord> = {}): SimRecord {
  return {
    seq: 1,
    id: "chatcmpl-1",
    receivedAt: "2026-11-22T14:03:00.000Z",
    at: "2026-11-22T14:03:00.300Z",
    endpoint: "/v1/chat/completions",
    model: "gpt-4o-mini-2024-07-18",
    modelRequested: "gpt-4o-mini",
    stream: false,
    status: 200,
    outcome: "ok",
    usage: usage(1_204, 1_024, 86),
    promptTokens: 1_204,
    completionTokens: 86,
    requestIdHeader: "req_1",
    headersSeen: {},
    bodyKeys: [],
    maxTokens: null,
    ...fields,
  };
}

/** The same call, as the ledger has it. */
export function entry(fields: Partial<ProvenEntry> = {}): ProvenEntry {
  return {
    entryId: "e1",
    kind: "call",
    providerRequestId: "req_1",
    totalTokens: 1_290,
    costNanoUsd: 155_400,
    usageStatus: "exact",
    estimatedBecause: null,
    ...fields,
  };
}

export function totals(fields: Partial<TotalsResult> = {}): TotalsResult {
  return {
    requests: 1,
    calls: 1,
    errors: 0,
    inputTokens: 1_204,
    outputTokens: 86,
    totalTokens: 1_290,
    classes: { input: 180, cacheRead: 1_024, output: 86 },
    costNanoUsd: 155_400,
    inputCostNanoUsd: 103_800,
    outputCostNanoUsd: 51_600,
    freeCalls: 0,
    freeTokens: 0,
    estimatedCalls: 0,
    unpricedCalls: 0,
    unpricedTokens: 0,
    latencyMsSum: 312,
    ...fields,
  };
}
