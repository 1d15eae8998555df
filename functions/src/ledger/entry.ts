import { assertCount, assertSafeInteger, usdFromNano } from "../core/money.ts";
import { DAY_MS, dayOf, monthEndMs, monthOf } from "../core/period.ts";
import { compactClasses, inputTokens, outputTokens, type Usage } from "../core/tokens.ts";
import type { BillLine, Cost, PriceStatus } from "../pricing/rates.ts";
import { type Counters, withoutZeros } from "./plan.ts";
import { storableText, storableUsage } from "./storable.ts";
import { type Totals, totalsCounters } from "./totals.ts";
import type { WindowMove } from "./window-move.ts";

export const SCHEMA_VERSION = 1;
/** What is booked later than this after its start gets the day and month of its booking. */
export const LATE_AFTER_DAYS = 7;
const MIN_RETENTION_MS = 35 * DAY_MS;

/** Who and what a call is for. The first four are proven by the token, the rest is what the client claims. */
export interface Attribution {
  readonly userId: string;
  readonly orgId: string | null;
  readonly department: string | null;
  readonly apiKeyId: string | null;
  readonly sessionId: string | null;
  readonly agent: string | null;
  readonly phase: string | null;
  readonly operation: string;
  readonly endpoint: string;
  readonly tags: readonly string[];
  /** Keys are encoded (`encodeKey`), for Firestore refuses names such as "__x__". */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What identifies a request: the proven subject and the id that the client or we gave it. */
export interface RequestIdentity {
  /** "user:uid", "key:id" or "service:uid/for:userId" */
  readonly subject: string;
  readonly requestId: string;
  readonly payloadHash: string;
  /** Random; in hold and entry it says "this one is mine". */
  readonly nonce: string;
}

export interface ModelNames {
  readonly provider: string;
  /** Name in the price book, "openai/gpt-4o-mini"; for an unknown model "provider/requested". */
  readonly model: string;
  readonly modelRequested: string;
}

export type EntryStatus = "ok" | "error" | "aborted" | "expired";

/** One attempt that has ended, priced. */
export interface SettledAttempt {
  readonly attempt: number;
  /** 1 on the first attempt of a request of which anything was sent. */
  readonly requests: 0 | 1;
  readonly entryId: string;
  readonly usage: Usage;
  readonly cost: Cost;
  /** Absent: the standard one. */
  readonly serviceTier?: string | undefined;
  readonly status: EntryStatus;
  readonly modelAnswered: string | null;
  readonly providerRequestId: string | null;
  readonly rawUsage: unknown;
  readonly providerCostNanoUsd: number | null;
  readonly overrunNanoUsd: number;
  readonly latencyMs: number;
  readonly firstChunkMs: number | null;
  readonly startedAt: Date;
  readonly settledAt: Date;
}

/** The record of one settled call, as stored in `usage_tracking` (design, section 4). */
export interface Entry extends Attribution, ModelNames {
  readonly entryId: string;
  readonly requestId: string;
  readonly attempt: number;
  readonly nonce: string;
  readonly payloadHash: string;
  readonly kind: "call" | "correction";
  readonly correctsId: string | null;
  /** On corrections that a person had made: who, and why. */
  readonly correctedBy?: string;
  readonly correctionReason?: string | null;
  readonly modelAnswered: string | null;
  readonly providerRequestId: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly classes: Usage["classes"];
  readonly rawUsage: unknown;
  readonly costNanoUsd: number;
  readonly inputCostNanoUsd: number;
  readonly outputCostNanoUsd: number;
  readonly classCosts: readonly BillLine[];
  /** Decimal string for people who read documents in the console; never read by code. */
  readonly costUsd: string;
  readonly priceVersion: string | null;
  readonly priceStatus: PriceStatus;
  /** In which it was served; null: the standard one. */
  readonly serviceTier: string | null;
  /**
   * When it was booked, on entries without a price and on no others: so the index by it holds these alone, and what
   * reverses one carries the same instant.
   */
  readonly unpricedAt?: Date;
  readonly providerCostNanoUsd: number | null;
  /** Whether the provider says another cost than ours by more than a nano-dollar, which rounding may make. */
  readonly providerCostDiffers: boolean;
  readonly overrunNanoUsd: number;
  readonly usageStatus: Usage["status"];
  readonly estimatedBecause: string | null;
  readonly status: EntryStatus;
  readonly latencyMs: number;
  readonly firstChunkMs: number | null;
  readonly startedAt: Date;
  readonly settledAt: Date;
  readonly day: string;
  readonly month: string;
  /** The day of its start, when it was booked so late that `day` is another. */
  readonly originalDay: string | null;
  readonly shard: number;
  readonly windows: readonly WindowMove[];
  /** Its own contribution to the counters; aggregates are sums of these and nothing else. */
  readonly add: Counters;
  readonly schemaVersion: number;
  readonly expireAt: Date;
}

/** An entry without its shard, which the settle batch decides. */
export type EntryDraft = Omit<Entry, "shard">;

export interface EntryParts {
  readonly identity: RequestIdentity;
  readonly attribution: Attribution;
  readonly names: ModelNames;
  readonly windows: readonly WindowMove[];
  readonly attempt: SettledAttempt;
  readonly retentionDays: number;
}

/** Builds the entry of one ended attempt. @throws RangeError when a count or an amount is no safe integer */
export function buildEntry(parts: EntryParts): EntryDraft {
  const { identity, attempt, attribution, names } = parts;
  const { usage, cost } = attempt;
  const booked = bookingOf(attempt.startedAt, attempt.settledAt);
  const totals = totalsOfAttempt(attempt);
  assertSplit(cost);
  return {
    entryId: attempt.entryId,
    requestId: identity.requestId,
    attempt: attempt.attempt,
    nonce: identity.nonce,
    payloadHash: identity.payloadHash,
    kind: "call",
    correctsId: null,
    ...attribution,
    ...names,
    modelAnswered: storableText(attempt.modelAnswered),
    providerRequestId: storableText(attempt.providerRequestId),
    inputTokens: totals.inputTokens,
    outputTokens: totals.outputTokens,
    totalTokens: totals.totalTokens,
    classes: totals.classes,
    rawUsage: storableUsage(attempt.rawUsage),
    costNanoUsd: assertCount(cost.costNanoUsd, "costNanoUsd"),
    inputCostNanoUsd: cost.inputCostNanoUsd,
    outputCostNanoUsd: cost.outputCostNanoUsd,
    classCosts: cost.lines,
    costUsd: usdFromNano(cost.costNanoUsd),
    priceVersion: cost.priceVersion,
    priceStatus: cost.priceStatus,
    serviceTier: tierName(attempt.serviceTier),
    ...(cost.priceStatus === "unpriced" ? { unpricedAt: attempt.settledAt } : {}),
    providerCostNanoUsd: attempt.providerCostNanoUsd,
    providerCostDiffers: differs(attempt),
    overrunNanoUsd: assertCount(attempt.overrunNanoUsd, "overrunNanoUsd"),
    usageStatus: usage.status,
    estimatedBecause: usage.estimatedBecause ?? null,
    status: attempt.status,
    latencyMs: assertCount(attempt.latencyMs, "latencyMs"),
    firstChunkMs: attempt.firstChunkMs,
    startedAt: attempt.startedAt,
    settledAt: attempt.settledAt,
    ...booked,
    windows: parts.windows,
    add: withoutZeros(totalsCounters(totals)),
    schemaVersion: SCHEMA_VERSION,
    expireAt: new Date(monthEndMs(booked.month) + parts.retentionDays * DAY_MS),
  };
}

function tierName(tier: string | undefined): string | null {
  return tier === undefined || tier === "standard" ? null : storableText(tier);
}

/** An entry that was itself booked late counts from its booking. */
export function bookedAt({
  originalDay,
  startedAt,
  settledAt,
}: Pick<Entry, "originalDay" | "startedAt" | "settledAt">): Date {
  return originalDay === null ? startedAt : settledAt;
}

/**
 * The draft as it is booked now: as it stands or, where it would come more than 7 days late, with today's day and
 * month; its price and its windows stay. Periods are sealed 8 days after their end: nothing is added to them then.
 */
export function bookedAnew(draft: EntryDraft, now: Date): EntryDraft {
  const booked = bookingOf(bookedAt(draft), now);
  if (booked.originalDay === null) return draft;
  return {
    ...draft,
    ...booked,
    originalDay: draft.originalDay ?? draft.day,
    settledAt: now,
    ...(draft.unpricedAt === undefined ? {} : { unpricedAt: now }),
    expireAt: retainedAs(draft, booked.month),
  };
}

/** The retention of a draft, counted from the end of another month. */
export function retainedAs(draft: Pick<Entry, "month" | "expireAt">, month: string): Date {
  const retentionMs = draft.expireAt.getTime() - monthEndMs(draft.month);
  return new Date(monthEndMs(month) + Math.max(retentionMs, MIN_RETENTION_MS));
}

/** An unpriced call has no cost that could differ. */
function differs({ cost, providerCostNanoUsd }: SettledAttempt): boolean {
  if (providerCostNanoUsd === null || cost.priceStatus === "unpriced") return false;
  return Math.abs(providerCostNanoUsd - cost.costNanoUsd) > 1;
}

/** Day and month of a booking: those of the start, unless that is more than 7 days ago. */
export function bookingOf(
  startedAt: Date,
  settledAt: Date,
): { day: string; month: string; originalDay: string | null } {
  const startedMs = startedAt.getTime();
  const isLate = settledAt.getTime() - startedMs > LATE_AFTER_DAYS * DAY_MS;
  const bookedMs = isLate ? settledAt.getTime() : startedMs;
  return {
    day: dayOf(bookedMs),
    month: monthOf(bookedMs),
    originalDay: isLate ? dayOf(startedMs) : null,
  };
}

/** What one attempt adds to every aggregate. */
function totalsOfAttempt(attempt: SettledAttempt): Totals {
  const classes = compactClasses(attempt.usage.classes);
  const input = inputTokens(classes);
  const output = outputTokens(classes);
  const { priceStatus } = attempt.cost;
  return {
    requests: attempt.requests,
    calls: 1,
    errors: attempt.status === "error" ? 1 : 0,
    inputTokens: input,
    outputTokens: output,
    totalTokens: input + output,
    costNanoUsd: attempt.cost.costNanoUsd,
    inputCostNanoUsd: attempt.cost.inputCostNanoUsd,
    outputCostNanoUsd: attempt.cost.outputCostNanoUsd,
    freeCalls: priceStatus === "free" ? 1 : 0,
    freeTokens: priceStatus === "free" ? input + output : 0,
    estimatedCalls: attempt.usage.status === "estimated" ? 1 : 0,
    unpricedCalls: priceStatus === "unpriced" ? 1 : 0,
    unpricedTokens: priceStatus === "unpriced" ? input + output : 0,
    latencyMsSum: attempt.latencyMs,
    classes,
  };
}

function assertSplit(cost: Cost): void {
  assertSafeInteger(cost.inputCostNanoUsd, "inputCostNanoUsd");
  if (cost.inputCostNanoUsd + cost.outputCostNanoUsd !== cost.costNanoUsd) {
    throw new RangeError("inputCostNanoUsd + outputCostNanoUsd must be costNanoUsd");
  }
}
