import { encodeKey } from "../core/ids.ts";
import { hourOf } from "../core/period.ts";
import { CREDITS } from "./caps.ts";
import type { FoldedEntry } from "./compare-port.ts";
import type { Entry } from "./entry.ts";
import { bucketOf, FIRST_CHUNK_BOUNDS_MS, LATENCY_BOUNDS_MS } from "./histogram.ts";
import { type Contribution, type Counters, type DocumentKey, withoutZeros } from "./plan.ts";
import { THIN_NAMES } from "./totals.ts";
import { isSettled } from "./window-move.ts";

/** Key for what the caller did not name, so that every map sums to the document's totals. */
export const NO_KEY = "~none";
/** Key of every model outside the price book. */
export const UNKNOWN_MODEL_KEY = "~unknown";
/** Joins the two keys of a cross map; neither side can hold it. */
export const PAIR_SEPARATOR = "|";

export interface TargetedContribution extends Contribution {
  readonly doc: DocumentKey;
}

/** Everything that one entry adds to aggregates: its user's month, its session, its day, the totals, its windows. */
export function contributionsOf(entry: FoldedEntry): TargetedContribution[] {
  const session = entry.sessionId === null ? [] : [sessionContribution(entry, entry.sessionId)];
  return [
    monthContribution(entry),
    ...session,
    dayContribution(entry),
    totalsContribution(entry),
    ...windowContributions(entry),
  ];
}

export function monthDocId(userId: string, month: string): string {
  return `${encodeKey(userId)}_${month}`;
}

export function sessionDocId(userId: string, sessionId: string): string {
  return `${encodeKey(userId)}_${encodeKey(sessionId)}`;
}

export function dayDocId(shard: number, day: string): string {
  return `${shard}_${day}`;
}

/** The key of a model in every map: the price book's name as it stands. */
export function modelKey(entry: Pick<Entry, "model" | "priceStatus">): string {
  return entry.priceStatus === "unpriced" ? UNKNOWN_MODEL_KEY : entry.model;
}

function monthContribution(entry: FoldedEntry): TargetedContribution {
  return {
    doc: { collection: "usage_monthly", id: monthDocId(entry.userId, entry.month) },
    set: {
      userId: entry.userId,
      month: entry.month,
      ...(entry.orgId === null ? {} : { orgId: entry.orgId }),
      ...(entry.department === null ? {} : { department: entry.department }),
    },
    add: {
      totals: entry.add,
      byModel: { [modelKey(entry)]: entry.add },
      byAgent: { [keyOf(entry.agent)]: entry.add },
      byOperation: { [keyOf(entry.operation)]: entry.add },
      byDay: { [entry.day]: entry.add },
    },
  };
}

function sessionContribution(entry: FoldedEntry, sessionId: string): TargetedContribution {
  const atMs = entry.startedAt.getTime();
  return {
    doc: { collection: "usage_sessions", id: sessionDocId(entry.userId, sessionId) },
    set: { userId: entry.userId, sessionId },
    add: {
      totals: entry.add,
      byModel: { [modelKey(entry)]: entry.add },
      byAgent: { [keyOf(entry.agent)]: entry.add },
    },
    min: { firstAtMs: atMs },
    max: { lastAtMs: atMs },
  };
}

function dayContribution(entry: FoldedEntry): TargetedContribution {
  const model = modelKey(entry);
  const thin = thinCounters(entry);
  return {
    doc: { collection: "usage_daily", id: dayDocId(entry.shard, entry.day) },
    set: { day: entry.day, shard: entry.shard },
    add: {
      totals: entry.add,
      byModel: { [model]: entry.add },
      byAgent: { [keyOf(entry.agent)]: entry.add },
      byDepartment: { [keyOf(entry.department)]: entry.add },
      byOrg: { [keyOf(entry.orgId)]: entry.add },
      byHourModel: { [pair(String(hourOf(entry.startedAt.getTime())), model)]: thin },
      byModelPhase: { [pair(model, keyOf(entry.phase))]: thin },
      byDepartmentModel: { [pair(keyOf(entry.department), model)]: thin },
      byOrgModel: { [pair(keyOf(entry.orgId), model)]: thin },
      ...histograms(entry),
    },
  };
}

function totalsContribution(entry: FoldedEntry): TargetedContribution {
  const thin = thinCounters(entry);
  return {
    doc: { collection: "usage_totals", id: String(entry.shard) },
    set: { shard: entry.shard },
    add: neverFalling({
      totals: entry.add,
      ...(entry.overrunNanoUsd > 0 ? { overruns: 1, overrunNanoUsd: entry.overrunNanoUsd } : {}),
      byModelPhase: { [pair(modelKey(entry), keyOf(entry.phase))]: thin },
      byOperation: { [keyOf(entry.operation)]: thin },
      ...histograms(entry),
    }),
  };
}

/** Windows that move when entries are aggregated; the others have moved with the entry's own commit. */
function windowContributions(entry: FoldedEntry): TargetedContribution[] {
  return entry.windows.flatMap((move) => {
    const spent = amountIn(move.unit, entry.add);
    const { windowId, mover: _mover, reserved: _reserved, ...set } = move;
    return spent === 0 || isSettled(move)
      ? []
      : [{ doc: { collection: "budget_windows" as const, id: windowId }, set, add: { spent } }];
  });
}

/** What an entry's counters come to in a budget's unit. */
export function amountIn(unit: "usd" | "tokens" | "requests", add: Counters): number {
  const name = { usd: "costNanoUsd", tokens: "totalTokens", requests: "requests" }[unit];
  return (add[name] as number | undefined) ?? 0;
}

function histograms(entry: FoldedEntry): Counters {
  if (entry.kind !== "call" || entry.status !== "ok") return {};
  const latency = { latencyMs: { [bucketOf(entry.latencyMs, LATENCY_BOUNDS_MS)]: 1 } };
  if (entry.firstChunkMs === null) return latency;
  return { ...latency, firstChunkMs: { [bucketOf(entry.firstChunkMs, FIRST_CHUNK_BOUNDS_MS)]: 1 } };
}

function thinCounters(entry: FoldedEntry): Counters {
  return withoutZeros(
    Object.fromEntries(
      THIN_NAMES.map((name) => [name, (entry.add[name] as number | undefined) ?? 0]),
    ),
  );
}

/** Moves negative leaves to `credits`, for counters that are scraped must not fall. */
function neverFalling(tree: Counters): Counters {
  if (!hasNegative(tree)) return tree;
  const credits = pick(tree, (value) => (value < 0 ? -value : 0));
  const counters = pick(tree, (value) => Math.max(value, 0));
  return Object.keys(credits).length > 0 ? { ...counters, [CREDITS]: credits } : counters;
}

function hasNegative(tree: Counters): boolean {
  return Object.values(tree).some((value) =>
    typeof value === "number" ? value < 0 : hasNegative(value),
  );
}

function pick(tree: Counters, leaf: (value: number) => number): Counters {
  return withoutZeros(
    Object.fromEntries(
      Object.entries(tree).map(([key, value]) => [
        key,
        typeof value === "number" ? leaf(value) : pick(value, leaf),
      ]),
    ),
  );
}

/** The key of a name in a map: "~none" for what the caller did not say. */
export function keyOf(name: string | null): string {
  return name === null || name === "" ? NO_KEY : encodeKey(name);
}

function pair(a: string, b: string): string {
  return `${a}${PAIR_SEPARATOR}${b}`;
}
