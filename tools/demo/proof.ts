import type { EntryItem } from "../../functions/src/contracts/entries.ts";
import type { TotalsResult } from "../../functions/src/contracts/results.ts";
import type { SimRecord } from "../sim-model/records.ts";
import { billedNanoUsd } from "./price-table.ts";

export interface Sum {
  readonly calls: number;
  readonly tokens: number;
  readonly nanoUsd: bigint;
}

export interface NamedSum extends Sum {
  readonly name: string;
}

export type ProvenEntry = Pick<
  EntryItem,
  | "entryId"
  | "kind"
  | "providerRequestId"
  | "totalTokens"
  | "costNanoUsd"
  | "usageStatus"
  | "estimatedBecause"
>;

/** Calls of which the provider told no usage that can be believed: both sides' account of them. */
export interface EstimatedCalls {
  readonly ours: Sum;
  readonly billed: Sum;
  /** "usage_missing" -> how many */
  readonly because: ReadonlyMap<string, number>;
}

export interface Proof {
  readonly ledger: Sum;
  readonly aggregates: readonly NamedSum[];
  /** Of the exact entries, as the model itself counted; absent where a real provider answered. */
  readonly billed?: Sum;
  readonly estimated: EstimatedCalls;
  /** What differs; empty when everything agrees. */
  readonly problems: readonly string[];
}

const NOTHING: Sum = { calls: 0, tokens: 0, nanoUsd: 0n };

/** Compares the ledger with sums of it, and call by call with the model's own records where there are some. */
export function prove(
  entries: readonly ProvenEntry[],
  aggregates: readonly NamedSum[],
  records: readonly SimRecord[] | undefined,
): Proof {
  const ledger = sumOf(entries.map(sumOfEntry));
  const different = aggregates.filter((aggregate) => !isEqual(aggregate, ledger));
  const problems = different.map(
    (aggregate) => `${aggregate.name}: ${said(aggregate)}, but the ledger ${said(ledger)}`,
  );
  const byId = new Map(records?.map((record) => [record.requestIdHeader, record]));
  const estimated = estimatedCalls(entries, byId);
  if (records === undefined) return { ledger, aggregates, estimated, problems };
  const exact = entries.filter(({ usageStatus }) => usageStatus === "exact");
  return {
    ledger,
    aggregates,
    billed: sumOf(exact.map((entry) => sumOfRecord(recordOf(entry, byId)))),
    estimated,
    problems: [
      ...problems,
      ...exact.flatMap((entry) => differences(entry, recordOf(entry, byId))),
      ...unpriced(records),
      ...unknownToLedger(entries, records),
    ],
  };
}

export function sumOfTotals(
  name: string,
  { calls, totalTokens, costNanoUsd }: Pick<TotalsResult, "calls" | "totalTokens" | "costNanoUsd">,
): NamedSum {
  return { name, calls, tokens: totalTokens, nanoUsd: BigInt(costNanoUsd) };
}

export function sumOf(parts: readonly Sum[]): Sum {
  return parts.reduce(
    (sum, part) => ({
      calls: sum.calls + part.calls,
      tokens: sum.tokens + part.tokens,
      nanoUsd: sum.nanoUsd + part.nanoUsd,
    }),
    NOTHING,
  );
}

function sumOfEntry({ kind, totalTokens, costNanoUsd }: ProvenEntry): Sum {
  return { calls: kind === "call" ? 1 : 0, tokens: totalTokens, nanoUsd: BigInt(costNanoUsd) };
}

function sumOfRecord(record: SimRecord | undefined): Sum {
  if (record === undefined) return NOTHING;
  const nanoUsd = billedNanoUsd(record) ?? 0n;
  return { calls: 1, tokens: record.usage?.total_tokens ?? 0, nanoUsd };
}

function recordOf(
  { providerRequestId }: ProvenEntry,
  byId: ReadonlyMap<string, SimRecord>,
): SimRecord | undefined {
  return byId.get(providerRequestId ?? "");
}

function differences(entry: ProvenEntry, record: SimRecord | undefined): string[] {
  const ours = sumOfEntry(entry);
  if (record === undefined) return [`entry ${entry.entryId}: the model has no record of this call`];
  const billed = sumOfRecord(record);
  if (isEqual(ours, billed)) return [];
  return [`entry ${entry.entryId}: ${said(ours)}, but the model ${said(billed)}`];
}

function unpriced(records: readonly SimRecord[]): string[] {
  const models = records
    .filter((record) => billedNanoUsd(record) === undefined)
    .map(({ modelRequested }) => modelRequested);
  return [...new Set(models)].map((model) => `tools/demo/price-table.ts has no price of ${model}`);
}

function unknownToLedger(entries: readonly ProvenEntry[], records: readonly SimRecord[]): string[] {
  const known = new Set(entries.map(({ providerRequestId }) => providerRequestId));
  return records
    .filter(({ requestIdHeader }) => !known.has(requestIdHeader))
    .map((record) => `record ${record.seq} (${record.modelRequested}): the ledger has no entry`);
}

function estimatedCalls(
  entries: readonly ProvenEntry[],
  byId: ReadonlyMap<string, SimRecord>,
): EstimatedCalls {
  const estimated = entries.filter(({ usageStatus }) => usageStatus === "estimated");
  const because = new Map<string, number>();
  for (const { estimatedBecause } of estimated) {
    const reason = estimatedBecause ?? "unknown";
    because.set(reason, (because.get(reason) ?? 0) + 1);
  }
  return {
    ours: sumOf(estimated.map(sumOfEntry)),
    billed: sumOf(estimated.map((entry) => sumOfRecord(recordOf(entry, byId)))),
    because,
  };
}

function isEqual(a: Sum, b: Sum): boolean {
  return a.calls === b.calls && a.tokens === b.tokens && a.nanoUsd === b.nanoUsd;
}

function said({ calls, tokens, nanoUsd }: Sum): string {
  return `${calls} calls, ${tokens} tokens, ${nanoUsd} nanoUSD`;
}
