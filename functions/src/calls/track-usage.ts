import { applicableWindows } from "../budgets/applicable.ts";
import { invalidField, TollgateError } from "../core/errors.ts";
import { entryIdOf, hashId, payloadHashOf } from "../core/ids.ts";
import { DAY_MS } from "../core/period.ts";
import type { Usage } from "../core/tokens.ts";
import { buildEntry, type EntryDraft, LATE_AFTER_DAYS } from "../ledger/entry.ts";
import type { RecordResult } from "../ledger/record-once.ts";
import { rateUsage } from "../pricing/rate-usage.ts";
import { isBelievable } from "./close-call.ts";
import type { CallDeps } from "./deps.ts";
import { duplicateRequest } from "./duplicate.ts";
import { activeBudgets } from "./open-call.ts";
import { type CallRequest, movesOf, scopeIdsOf } from "./request.ts";
import { type CalledModel, resolveModel } from "./resolve-model.ts";
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

export interface TrackDeps
  extends Pick<CallDeps, "clock" | "book" | "providers" | "budgets" | "settings"> {
  record(draft: EntryDraft): Promise<RecordResult>;
}

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
  const model = resolveModel(deps, command.request.model, command.startedAtMs);
  const usage = possibleUsage(model.provider.convertUsage(command.rawUsage));
  const draft = await draftOf(deps, command, model, usage);
  const result = await recorded(deps, draft);
  if (result.status === "taken") throw duplicateRequest(draft, result.entry, undefined);
  return {
    requestId: draft.requestId,
    entryId: draft.entryId,
    cost: costOfEntry(result.status === "repeated" ? result.entry : draft),
    duplicate: result.status === "repeated",
  };
}

function possibleUsage(usage: Usage): Usage {
  if (isBelievable(usage)) return usage;
  throw invalidField(
    "usage",
    `is not a usage that this provider reports (${usage.estimatedBecause ?? "too many tokens"})`,
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
  model: CalledModel,
  usage: Usage,
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
      entryId,
      usage,
      cost: rateUsage(model.rates, usage.classes),
      status: command.status,
      modelAnswered: null,
      providerRequestId: null,
      rawUsage: command.rawUsage,
      providerCostNanoUsd: null,
      overrunNanoUsd: 0,
      latencyMs: command.latencyMs,
      firstChunkMs: null,
      startedAt: new Date(startedAtMs),
      settledAt: new Date(Math.max(nowMs, startedAtMs)),
    },
  });
}
