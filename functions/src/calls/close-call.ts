import { entryIdOf, holdIdOf } from "../core/ids.ts";
import type { EstimateReason, Usage } from "../core/tokens.ts";
import {
  buildEntry,
  type EntryDraft,
  type EntryStatus,
  type SettledAttempt,
} from "../ledger/entry.ts";
import type { LandedHold } from "../ledger/hold.ts";
import type { JournalResult } from "../ledger/journal.ts";
import { boundCost } from "../pricing/bound-cost.ts";
import { findModel } from "../pricing/models.ts";
import { rateUsage } from "../pricing/rate-usage.ts";
import type { RateTable } from "../pricing/rates.ts";
import { answersFor, resolveRates } from "../pricing/resolve-price.ts";
import type { Attempts } from "./attempts.ts";
import type { CallDeps } from "./deps.ts";
import type { OpenCall, TokenEstimate } from "./open-call.ts";
import { reportedCost, withProviderCost } from "./provider-cost.ts";

/** What a hold's own deadline is, with its last look. */
const HOLD_WAIT_MS = 2_500;

/** How one attempt of a request ended. */
export interface EndedAttempt {
  readonly status: EntryStatus;
  readonly usage: Usage;
  readonly rawUsage: unknown;
  readonly modelAnswered: string | null;
  readonly providerRequestId: string | null;
  /** The tier that the provider served it in; undefined: the one that was asked for. */
  readonly serviceTier: string | undefined;
  /** Whether a byte of it has left for the provider. */
  readonly isSent: boolean;
  /** Since its own start, as its latency is counted. */
  readonly firstChunkMs: number | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/**
 * Prices the attempts of an ended request and settles them in one commit, each as an entry; resolves when they are
 * durable. The wait for a hold that is still on its way counts as part of the settlement's time. Never rejects.
 */
export async function closeCall(
  deps: CallDeps,
  call: OpenCall,
  estimate: TokenEstimate,
  { earlier, last }: Attempts<EndedAttempt>,
  journal: Promise<JournalResult>,
): Promise<Attempts<EntryDraft>> {
  const arrivedAtMs = deps.clock.nowMs();
  const holdId = holdIdOf(call.identity.subject, call.identity.requestId);
  deps.journal.forgo(holdId);
  const isSent = [...earlier, last].some((ended) => ended.isSent);
  const draft = (ended: EndedAttempt, index: number) =>
    entryOf(deps, call, estimate, ended, {
      attempt: index + 1,
      requests: index === 0 && isSent ? 1 : 0,
    });
  const drafts = { earlier: earlier.map(draft), last: draft(last, earlier.length) };
  const settlement = {
    entries: [...drafts.earlier, drafts.last],
    holdId,
    hold: await landedInTime(deps, journal),
  };
  await deps.settler.settle(settlement, arrivedAtMs);
  return drafts;
}

/** Where nobody knows of the hold yet, it is given back by its id and nonce: by the settlement or, later, by care. */
function landedInTime(
  { clock }: CallDeps,
  journal: Promise<JournalResult>,
): Promise<LandedHold | null> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(HOLD_WAIT_MS, () => resolve(null));
    void journal.then((result) => {
      cancel();
      resolve(result.status === "landed" ? result.hold : null);
    });
  });
}

/** Why an answer under this name makes the entry an estimate: it may be billed at other rates. */
export function doubtAboutModel(
  call: OpenCall,
  modelAnswered: string | null,
): EstimateReason | undefined {
  const { book, info, name, rates } = call.model;
  if (!info || !rates || modelAnswered === null || modelAnswered === name) return undefined;
  // A data zone of Azure's or a vendor of OpenRouter's stands before the name that was asked for, and not in the answer.
  const qualified = info.name.slice(0, info.name.lastIndexOf("/") + 1) + modelAnswered;
  const isIt = (answered: string) => answersFor(book, info, answered, call.startedAtMs);
  if (isIt(modelAnswered) || isIt(qualified)) return undefined;
  const isKnown = findModel(book, info.provider, modelAnswered) !== undefined;
  return isKnown ? "model_differs" : "model_unknown";
}

/** What is asked for is the standard tier; a provider that says that it served another one bills that one. */
function servedRates(
  { model: { book, info, rates }, startedAtMs }: OpenCall,
  serviceTier: string | undefined,
): RateTable | undefined {
  if (!info || serviceTier === undefined || serviceTier === "standard") return rates;
  return resolveRates(book, info, startedAtMs, serviceTier);
}

function entryOf(
  deps: CallDeps,
  call: OpenCall,
  estimate: TokenEstimate,
  ended: EndedAttempt,
  { attempt, requests }: Pick<SettledAttempt, "attempt" | "requests">,
): EntryDraft {
  const { identity } = call;
  const { names, provider } = call.model;
  const rates = servedRates(call, ended.serviceTier);
  const { classes } = ended.usage;
  const providerCostNanoUsd = reportedCost(provider, ended.rawUsage);
  const cost = withProviderCost(rateUsage(rates, classes), classes, providerCostNanoUsd);
  return buildEntry({
    identity,
    attribution: call.request.attribution,
    names,
    windows: call.moves,
    retentionDays: deps.settings.retentionDays,
    attempt: {
      attempt,
      requests,
      entryId: entryIdOf(identity.subject, identity.requestId, attempt),
      usage: ended.usage,
      cost,
      serviceTier: ended.serviceTier,
      status: ended.status,
      modelAnswered: ended.modelAnswered,
      providerRequestId: ended.providerRequestId,
      rawUsage: ended.rawUsage ?? null,
      providerCostNanoUsd,
      overrunNanoUsd: Math.max(cost.costNanoUsd - boundCost(call.model.rates, estimate).nanoUsd, 0),
      latencyMs: Math.max(Math.round(ended.endedAtMs - ended.startedAtMs), 0),
      firstChunkMs:
        ended.firstChunkMs === null ? null : Math.max(Math.round(ended.firstChunkMs), 0),
      startedAt: new Date(call.startedAtMs),
      settledAt: new Date(Math.max(deps.clock.nowMs(), call.startedAtMs)),
    },
  });
}
