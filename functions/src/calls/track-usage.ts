import { applicableWindows } from "../budgets/applicable.ts";
import { invalidField, TollgateError } from "../core/errors.ts";
import { entryIdOf, hashId, payloadHashOf } from "../core/ids.ts";
import { DAY_MS } from "../core/period.ts";
import type { EstimateReason } from "../core/tokens.ts";
import { buildEntry, type EntryDraft, LATE_AFTER_DAYS } from "../ledger/entry.ts";
import type { RecordResult } from "../ledger/record-once.ts";
import { rateUsage } from "../pricing/rate-usage.ts";
import { isBelievable } from "./believed-usage.ts";
import type { CallDeps } from "./deps.ts";
import { duplicateRequest } from "./duplicate.ts";
import { activeBudgets } from "./open-call.ts";
import type { ReportedUsage, UsageConverter } from "./port.ts";
import { withProviderCost } from "./provider-cost.ts";
import { type CallRequest, movesOf, scopeIdsOf } from "./request.ts";
import { type PricedModel, priceModel, providerOf } from "./resolve-model.ts";
import { type CostReport, costOfEntry } from "./result.ts";

/** A call that was made elsewhere; `request.requestId` is there. */
export interface TrackCommand {
  readonly request: CallRequest & { readonly requestId: string };
  /** The provider's own object. */
  readonly rawUsage: unknown;
  readonly status: "ok" | "error";
  readonly latencyMs: number;
  readonly startedAtMs: number;
}

export interface TrackDeps extends Pick<CallDeps, "clock" | "prices" | "budgets" | "settings"> {
  /** By provider: also those that cannot be called from here. */
  readonly usageConverters: ReadonlyMap<string, UsageConverter>;
  record(draft: EntryDraft): Promise<RecordResult>;
}

const UNSPLIT: readonly EstimateReason[] = ["usage_unsplit", "usage_unclassed"];

export interface TrackResult {
  readonly requestId: string;
  readonly entryId: string;
  readonly cost: CostReport;
  readonly duplicate: boolean;
}

/**
 * Books a call made elsewhere, priced as of its start. What began more than 7 days ago counts against today's budgets.
 * @throws INVALID_FIELD (impossible usage), UNKNOWN_MODEL, DUPLICATE_REQUEST (another payload), STORE_UNAVAILABLE
 */
export async function trackUsage(deps: TrackDeps, command: TrackCommand): Promise<TrackResult> {
  const { request, startedAtMs } = command;
  const convert = providerOf(deps.usageConverters, request.model);
  const reported = possibleUsage(reportOf(convert, command.rawUsage));
  const book = await deps.prices();
  const model = priceModel(book, request.model, startedAtMs, reported.serviceTier);
  const draft = await draftOf(deps, command, model, reported);
  const result = await recorded(deps, draft);
  if (result.status === "taken") throw duplicateRequest(draft, result.entry, undefined);
  return {
    requestId: draft.requestId,
    entryId: draft.entryId,
    cost: costOfEntry(result.status === "repeated" ? result.entry : draft),
    duplicate: result.status === "repeated",
  };
}

/** @throws INVALID_FIELD for what the converter itself stumbles over: it is no usage that anybody documents */
function reportOf(convert: UsageConverter, rawUsage: unknown): ReportedUsage {
  try {
    return convert(rawUsage);
  } catch {
    throw invalidField("usage", "cannot be read");
  }
}

/** Counts that cannot be are the caller's mistake; counts that a provider does not split by price are an estimate. */
function possibleUsage(reported: ReportedUsage): ReportedUsage {
  const { classes, estimatedBecause } = reported.usage;
  const isUnsplit = UNSPLIT.some((reason) => reason === estimatedBecause);
  const status = isUnsplit ? "exact" : reported.usage.status;
  if (isBelievable({ classes, status })) return reported;
  throw invalidField(
    "usage",
    `is not a usage that this provider reports (${estimatedBecause ?? "too many tokens"})`,
  );
}

async function recorded(deps: TrackDeps, draft: EntryDraft): Promise<RecordResult> {
  try {
    return await deps.record(draft);
  } catch (cause) {
    const message = "the entry could not be written; send it again with the same requestId";
    throw new TollgateError("STORE_UNAVAILABLE", message, { retryAfterSeconds: 5 }, { cause });
  }
}

async function draftOf(
  deps: TrackDeps,
  command: TrackCommand,
  model: PricedModel,
  reported: ReportedUsage,
): Promise<EntryDraft> {
  const { request, startedAtMs } = command;
  const nowMs = deps.clock.nowMs();
  const bookedAtMs = nowMs - startedAtMs > LATE_AFTER_DAYS * DAY_MS ? nowMs : startedAtMs;
  const scopes = scopeIdsOf(request.attribution, deps.settings.projectId);
  const payloadHash = payloadHashOf(request.payload);
  const { subject, requestId } = request;
  const entryId = entryIdOf(subject, requestId, 1);
  return buildEntry({
    identity: { subject, requestId, payloadHash, nonce: hashId(subject, requestId, payloadHash) },
    attribution: request.attribution,
    names: model.names,
    windows: movesOf(applicableWindows(await activeBudgets(deps), scopes, bookedAtMs)),
    retentionDays: deps.settings.retentionDays,
    attempt: {
      attempt: 1,
      requests: 1,
      entryId,
      usage: reported.usage,
      cost: withProviderCost(
        rateUsage(model.rates, reported.usage.classes),
        reported.usage.classes,
        reported.costNanoUsd,
      ),
      serviceTier: reported.serviceTier,
      status: command.status,
      modelAnswered: null,
      providerRequestId: null,
      rawUsage: reported.rawUsage,
      providerCostNanoUsd: reported.costNanoUsd,
      overrunNanoUsd: 0,
      latencyMs: command.latencyMs,
      firstChunkMs: null,
      startedAt: new Date(startedAtMs),
      settledAt: new Date(Math.max(nowMs, startedAtMs)),
    },
  });
}
