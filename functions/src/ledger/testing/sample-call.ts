import { applicableWindows } from "../../budgets/applicable.ts";
import type { Budget } from "../../budgets/budget.ts";
import { movesOf, scopeIdsOf } from "../../calls/request.ts";
import { entryIdOf, holdIdOf } from "../../core/ids.ts";
import type { TokenClasses } from "../../core/tokens.ts";
import { boundCost } from "../../pricing/bound-cost.ts";
import { rateUsage } from "../../pricing/rate-usage.ts";
import type { RateTable } from "../../pricing/rates.ts";
import { attributionOf } from "../care.ts";
import { type Attribution, buildEntry, type EntryDraft, type SettledAttempt } from "../entry.ts";
import type { Hold } from "../hold.ts";
import type { WindowMove } from "../window-move.ts";

export const RETENTION_DAYS = 400;
export const CALL_TIMEOUT_MS = 600_000;

/** 1 dollar per million input tokens, 4 per million output tokens. */
export const SAMPLE_RATES: RateTable = {
  model: "openai/gpt-4.1",
  priceVersion: "openai:gpt-4.1:2025-04-14",
  free: false,
  tiers: [{ fromInputTokens: 0, rates: { input: 1e12, output: 4e12 } }],
};

export interface SampleCall {
  readonly requestId: string;
  readonly nonce: string;
  readonly startedAtMs: number;
  readonly attribution?: Partial<Attribution>;
  readonly budgets?: readonly Budget[];
  readonly windows?: readonly WindowMove[];
  /** What can be used at most. */
  readonly bound?: { readonly inputTokens: number; readonly outputTokens: number };
  readonly payloadHash?: string;
  readonly rates?: RateTable | null;
}

export function sampleAttribution(more: Partial<Attribution> = {}): Attribution {
  return {
    userId: "alice",
    orgId: null,
    department: null,
    apiKeyId: null,
    sessionId: null,
    agent: null,
    phase: null,
    operation: "chat",
    endpoint: "chat",
    tags: [],
    metadata: {},
    ...more,
  };
}

/** The hold of one call, as `calls/open-call.ts` makes it. */
export function sampleHold(call: SampleCall): Hold {
  const attribution = sampleAttribution(call.attribution);
  const subject = `user:${attribution.userId}`;
  const rates = call.rates === undefined ? SAMPLE_RATES : call.rates;
  const bound = call.bound ?? { inputTokens: 1_000, outputTokens: 1_000 };
  return {
    subject,
    requestId: call.requestId,
    payloadHash: call.payloadHash ?? "payload",
    nonce: call.nonce,
    ...attribution,
    provider: "openai",
    model: "openai/gpt-4.1",
    modelRequested: "gpt-4.1",
    holdId: holdIdOf(subject, call.requestId),
    entryId: entryIdOf(subject, call.requestId, 1),
    bound: boundCost(rates ?? undefined, bound),
    rates,
    windows: call.windows ?? windowsFor(attribution, call.budgets ?? [], call.startedAtMs),
    startedAt: new Date(call.startedAtMs),
    expiresAt: new Date(call.startedAtMs + CALL_TIMEOUT_MS),
  };
}

export function windowsFor(
  attribution: Attribution,
  budgets: readonly Budget[],
  atMs: number,
): WindowMove[] {
  return movesOf(applicableWindows(budgets, scopeIdsOf(attribution, "demo"), atMs));
}

/** The entries of a call whose first attempt broke before its answer, charged for its input, and whose second went well. */
export function sampleAttempts(hold: Hold, classes: TokenClasses, settledAt: Date): EntryDraft[] {
  const broken = { status: "error", settledAt } as const;
  const entryId = entryIdOf(hold.subject, hold.requestId, 2);
  return [
    sampleDraft(hold, { input: classes.input ?? 0 }, broken),
    sampleDraft(hold, classes, { attempt: 2, requests: 0, entryId, settledAt }),
  ];
}

/** The entry that a call comes to when it ends with these tokens. */
export function sampleDraft(
  hold: Hold,
  classes: TokenClasses,
  more: Partial<SettledAttempt> = {},
): EntryDraft {
  return buildEntry({
    identity: hold,
    attribution: attributionOf(hold),
    names: { provider: hold.provider, model: hold.model, modelRequested: hold.modelRequested },
    windows: hold.windows,
    retentionDays: RETENTION_DAYS,
    attempt: {
      attempt: 1,
      requests: 1,
      entryId: hold.entryId,
      usage: { classes, status: "exact" },
      cost: rateUsage(hold.rates ?? undefined, classes),
      status: "ok",
      modelAnswered: "gpt-4.1-2025-04-14",
      providerRequestId: "req_1",
      rawUsage: { prompt_tokens: classes.input ?? 0 },
      providerCostNanoUsd: null,
      overrunNanoUsd: 0,
      latencyMs: 120,
      firstChunkMs: 40,
      startedAt: hold.startedAt,
      settledAt: new Date(hold.startedAt.getTime() + 120),
      ...more,
    },
  });
}
