import { hashId } from "../../core/ids.ts";
import type { TokenClasses } from "../../core/tokens.ts";
import { type Attribution, buildEntry, type Entry, type EntryStatus } from "../../ledger/entry.ts";
import type { PriceStatus } from "../../pricing/rates.ts";

export interface SampleCall extends Partial<Attribution> {
  /** Makes the entry's id. */
  readonly n: number;
  readonly startedAt: Date;
  readonly settledAt?: Date;
  readonly model?: string;
  readonly priceStatus?: PriceStatus;
  readonly classes?: TokenClasses;
  readonly inputCostNanoUsd?: number;
  readonly outputCostNanoUsd?: number;
  readonly status?: EntryStatus;
  readonly isEstimated?: boolean;
  readonly attempt?: number;
  readonly shard?: number;
}

export const SHARDS = 4;

/** One settled call as the ledger would have it. */
export function sampleEntry(call: SampleCall): Entry {
  const { n, startedAt, model = "openai/gpt-4o-mini", shard = n % SHARDS } = call;
  const input = call.inputCostNanoUsd ?? 0;
  const output = call.outputCostNanoUsd ?? 0;
  const draft = buildEntry({
    identity: {
      subject: `user:${call.userId ?? "alice"}`,
      requestId: `request-${n}`,
      payloadHash: "hash",
      nonce: `nonce-${n}`,
    },
    attribution: attributionOf(call),
    names: { provider: "openai", model, modelRequested: model },
    windows: [],
    retentionDays: 400,
    attempt: {
      attempt: call.attempt ?? 1,
      requests: (call.attempt ?? 1) === 1 ? 1 : 0,
      entryId: hashId("sample", n),
      usage: {
        classes: call.classes ?? { input: 10, output: 5 },
        status: call.isEstimated ? "estimated" : "exact",
      },
      cost: {
        costNanoUsd: input + output,
        inputCostNanoUsd: input,
        outputCostNanoUsd: output,
        priceStatus: call.priceStatus ?? "priced",
        priceVersion: "openai:sample:2026-01-01",
        lines: [],
      },
      status: call.status ?? "ok",
      modelAnswered: model,
      providerRequestId: null,
      rawUsage: { prompt_tokens: 10 },
      providerCostNanoUsd: null,
      overrunNanoUsd: 0,
      latencyMs: 100 + n,
      firstChunkMs: null,
      startedAt,
      settledAt: call.settledAt ?? new Date(startedAt.getTime() + 1_000),
    },
  });
  return { ...draft, shard };
}

function attributionOf(call: SampleCall): Attribution {
  return {
    userId: call.userId ?? "alice",
    orgId: call.orgId ?? null,
    department: call.department ?? null,
    apiKeyId: call.apiKeyId ?? null,
    sessionId: call.sessionId ?? null,
    agent: call.agent ?? null,
    phase: call.phase ?? null,
    operation: call.operation ?? "chat",
    endpoint: "chat",
    tags: [],
    metadata: {},
  };
}
