import { isBlocking } from "../budgets/applicable.ts";
import type { WindowState } from "../budgets/window-state.ts";
import { invalidField } from "../core/errors.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import { type AdmittedCall, admitCall } from "./admit-call.ts";
import {
  type Attempts,
  type CallEvents,
  type EndedCall,
  eachAttempt,
  runAttempts,
} from "./attempts.ts";
import { CallHold } from "./call-hold.ts";
import { closeCall } from "./close-call.ts";
import { surely } from "./count-tokens.ts";
import type { CallDeps } from "./deps.ts";
import { endedAttempt } from "./ended-attempt.ts";
import { failureError } from "./failure.ts";
import {
  mustWaitForHold,
  type OpenCall,
  openCall,
  requireHold,
  type TokenEstimate,
} from "./open-call.ts";
import type { EmbeddingAnswer, EmbeddingRequest, Provider, RunningCall } from "./port.ts";
import type { CallRequest } from "./request.ts";
import {
  budgetsAfter,
  type CostReport,
  costOfEntry,
  type UsageReport,
  usageOfEntry,
} from "./result.ts";

export interface EmbedCommand extends CallRequest {
  readonly embedding: Omit<EmbeddingRequest, "model">;
}

export interface EmbedResult {
  readonly requestId: string;
  readonly entryId: string;
  /** One vector per input, in the order of the inputs. */
  readonly embeddings: readonly (readonly number[])[];
  readonly model: string;
  readonly usage: UsageReport;
  readonly cost: CostReport;
  readonly budgets: readonly WindowState[];
}

/** What has come of a call that failed: nothing, for vectors come at once or not at all. */
const NO_VECTORS: EmbeddingAnswer = {
  embeddings: [],
  modelAnswered: null,
  providerRequestId: null,
  rawUsage: undefined,
};

/**
 * One metered embeddings call, single or batch.
 * @throws TollgateError with reason UNKNOWN_MODEL, DUPLICATE_REQUEST, STORE_UNAVAILABLE or PROVIDER_*
 */
export async function embed(
  deps: CallDeps,
  command: EmbedCommand,
  signal: AbortSignal,
): Promise<EmbedResult> {
  const opened = await openCall(deps, command);
  const begin = embeddingOf(opened);
  const { call, held } = await heldEmbedding(deps, opened, command);
  const outcomes = await runAttempts<EmbeddingAnswer>(deps, {
    startedAtMs: call.startedAtMs,
    signal,
    start: (events) => startEmbedding(begin, call, command, events),
    cover: (maybeBilled) => held.cover(maybeBilled),
  });
  const ended = (each: EndedCall<EmbeddingAnswer>) =>
    endedAttempt(call, held.estimate, each, async () => 0);
  const attempts = await eachAttempt(outcomes, ended);
  const drafts = await closeCall(deps, call, held.estimate, attempts, held.current.written);
  const { last } = outcomes;
  if (last.failure) throw failureError(last.failure, call, drafts.last);
  return embedResult(call, last.answer, drafts, await call.spending);
}

/** Resolves when the call may reach its provider. */
async function heldEmbedding(
  deps: CallDeps,
  call: OpenCall,
  command: EmbedCommand,
): Promise<Pick<AdmittedCall, "call" | "held">> {
  const estimate = await estimateEmbedding(deps, call, command);
  if (call.windows.some(isBlocking)) {
    return admitCall(deps, call, estimate.inputTokens, { limit: 0, fitToBudget: false });
  }
  const held = new CallHold(deps, call, estimate);
  if (mustWaitForHold(deps, call)) await requireHold(deps, call, held.current);
  return { call, held };
}

async function estimateEmbedding(
  deps: CallDeps,
  call: OpenCall,
  command: EmbedCommand,
): Promise<TokenEstimate> {
  const counts = await surely(deps.tokens).countTexts(
    call.model.countedAs,
    command.embedding.input,
  );
  return { inputTokens: counts.reduce((sum, count) => sum + count, 0), outputTokens: 0 };
}

/** @throws INVALID_FIELD for a model that is for chats, and for a provider without embeddings */
function embeddingOf({ model: { info, provider } }: OpenCall): NonNullable<Provider["embed"]> {
  if (info?.kind === "chat") throw invalidField("model", "is a chat model; use chat");
  const { embed: begin } = provider;
  if (!begin) throw invalidField("model", `is one of ${provider.name}, who has no embeddings`);
  return begin.bind(provider);
}

function startEmbedding(
  begin: NonNullable<Provider["embed"]>,
  { model }: OpenCall,
  { embedding }: EmbedCommand,
  events: CallEvents<EmbeddingAnswer>,
): RunningCall {
  return begin(
    { ...embedding, model: model.name },
    {
      onDone: (answer) => events.end(answer),
      onError: (failure) => events.end(NO_VECTORS, failure),
    },
  );
}

function embedResult(
  call: OpenCall,
  answer: EmbeddingAnswer,
  drafts: Attempts<EntryDraft>,
  spending: Awaited<OpenCall["spending"]>,
): EmbedResult {
  return {
    requestId: call.identity.requestId,
    entryId: drafts.last.entryId,
    embeddings: answer.embeddings,
    model: drafts.last.model,
    usage: usageOfEntry(drafts.last),
    cost: costOfEntry(drafts.last),
    budgets: budgetsAfter(call.windows, spending, drafts),
  };
}
