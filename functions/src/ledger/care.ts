import { rateUsage } from "../pricing/rate-usage.ts";
import { type AggregateDeps, aggregate, planSplit } from "./aggregate.ts";
import { CareRun, type CareRunDeps } from "./care-run.ts";
import { type Attribution, buildEntry, type EntryDraft } from "./entry.ts";
import { LedgerRefusalError } from "./errors.ts";
import type { Hold } from "./hold.ts";
import type { Outbox } from "./outbox.ts";
import type { LedgerStore } from "./port.ts";
import type { Settler } from "./settler.ts";

const PAGE_SIZE = 100;

export interface CareDeps extends CareRunDeps {
  readonly store: LedgerStore;
  readonly settler: Settler;
  readonly aggregate: AggregateDeps;
  readonly retentionDays: number;
  /** Outbox documents younger than this are left to the trigger. */
  readonly outboxGraceMs: number;
  randomId(): string;
}

export interface CareReport {
  readonly aggregated: number;
  readonly alreadyAggregated: number;
  readonly swept: number;
  readonly failures: number;
  /** Something was left to the next run. */
  readonly isCut: boolean;
}

/**
 * Aggregates what no trigger has seen and turns expired holds into entries. A failing document never stops a page,
 * and a failing list never stops the other one; both are counted and reported. Each list has its share of the run.
 */
export async function careForLedger(deps: CareDeps, now: Date): Promise<CareReport> {
  const { store } = deps;
  const count = { aggregated: 0, alreadyAggregated: 0, swept: 0 };
  const care = new CareRun(deps);
  const before = new Date(now.getTime() - deps.outboxGraceMs);
  await care.eachOf<Outbox>(
    "outbox",
    (cursor) => store.oldOutbox(before, PAGE_SIZE, cursor),
    async (id, outbox) => {
      const result = await aggregateOrSplit(deps, id, outbox, now);
      count[result === "aggregated" ? "aggregated" : "alreadyAggregated"] += 1;
    },
  );
  await care.eachOf<Hold>(
    "hold",
    (cursor) => store.expiredHolds(now, PAGE_SIZE, cursor),
    async (_id, hold) => {
      await sweep(deps, hold, now);
      count.swept += 1;
    },
  );
  return { ...count, failures: care.failures, isCut: care.isCut };
}

/** One that is refused for good is split; its parts are aggregated by their triggers, or by the next run. */
async function aggregateOrSplit(deps: CareDeps, id: string, outbox: Outbox, now: Date) {
  try {
    return await aggregate(deps.aggregate, id, outbox, now);
  } catch (cause) {
    const split = cause instanceof LedgerRefusalError ? planSplit(id, outbox, deps.randomId) : [];
    if (split.length > 0) await deps.store.commit(split, deps.aggregate.deadlineMs);
    throw cause;
  }
}

/** Ends an expired hold: its entry, if it is not there yet, is estimated at the whole hold. */
async function sweep(deps: CareDeps, hold: Hold, now: Date): Promise<void> {
  await deps.settler.settleAlone({
    entries: [expiredEntry(hold, now, deps.retentionDays)],
    holdId: hold.holdId,
    hold: null,
  });
}

/** What care writes for a call of which nothing more is known than that it began. */
export function expiredEntry(hold: Hold, now: Date, retentionDays: number): EntryDraft {
  const rated = rateUsage(hold.rates ?? undefined, hold.bound.classes);
  return buildEntry({
    identity: hold,
    attribution: attributionOf(hold),
    names: { provider: hold.provider, model: hold.model, modelRequested: hold.modelRequested },
    windows: hold.windows,
    retentionDays,
    attempt: {
      attempt: 1,
      requests: 1,
      entryId: hold.entryId,
      usage: { classes: hold.bound.classes, status: "estimated", estimatedBecause: "hold_expired" },
      cost: {
        ...rated,
        costNanoUsd: hold.bound.nanoUsd,
        outputCostNanoUsd: hold.bound.nanoUsd - rated.inputCostNanoUsd,
        lines: [],
      },
      status: "expired",
      modelAnswered: null,
      providerRequestId: null,
      rawUsage: null,
      providerCostNanoUsd: null,
      overrunNanoUsd: 0,
      latencyMs: 0,
      firstChunkMs: null,
      startedAt: hold.startedAt,
      settledAt: now,
    },
  });
}

/** Who and what a hold is for, and nothing else of it. */
export function attributionOf(hold: Hold): Attribution {
  const {
    userId,
    orgId,
    department,
    apiKeyId,
    sessionId,
    agent,
    phase,
    operation,
    endpoint,
    tags,
    metadata,
  } = hold;
  return {
    userId,
    orgId,
    department,
    apiKeyId,
    sessionId,
    agent,
    phase,
    operation,
    endpoint,
    tags,
    metadata,
  };
}
