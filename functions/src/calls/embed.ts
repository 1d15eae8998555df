import type { WindowState } from "../budgets/window-state.ts";
import { invalidField } from "../core/errors.ts";
import { NO_USAGE, type Usage } from "../core/tokens.ts";
import { believedUsage, closeCall, doubtAboutModel } from "./close-call.ts";
import { surely } from "./count-tokens.ts";
import type { CallDeps } from "./deps.ts";
import { failureError } from "./failure.ts";
import {
  mustWaitForHold,
  type OpenCall,
  openCall,
  requireHold,
  type TokenEstimate,
  writeHold,
} from "./open-call.ts";
import type { EmbeddingAnswer, EmbeddingRequest, ProviderFailure, RunningCall } from "./port.ts";
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

type EmbedOutcome =
  | { readonly answer: EmbeddingAnswer; readonly failure: undefined }
  | { readonly answer: undefined; readonly failure: ProviderFailure };

/**
 * One metered embeddings call, single or batch.
 * @throws TollgateError with reason UNKNOWN_MODEL, DUPLICATE_REQUEST, STORE_UNAVAILABLE or PROVIDER_*
 */
export async function embed(
  deps: CallDeps,
  command: EmbedCommand,
  signal: AbortSignal,
): Promise<EmbedResult> {
  const call = await openCall(deps, command);
  if (call.model.info?.kind === "chat") throw invalidField("model", "is a chat model; use chat");
  const estimate = await estimateEmbedding(deps, call, command);
  const hold = writeHold(deps, call, estimate);
  if (mustWaitForHold(deps, call)) await requireHold(deps, call, hold);
  const outcome = await callProvider(call, command, signal);
  const { answer, failure } = outcome;
  const entry = await closeCall(
    deps,
    call,
    estimate,
    {
      status: failure ? (failure.kind === "aborted" ? "aborted" : "error") : "ok",
      usage: usageOfEmbedding(deps, call, estimate, outcome),
      rawUsage: answer?.rawUsage,
      modelAnswered: answer?.modelAnswered ?? null,
      providerRequestId: answer?.providerRequestId ?? failure?.providerRequestId ?? null,
      firstChunkMs: null,
      endedAtMs: deps.clock.nowMs(),
    },
    hold.written,
  );
  if (failure) throw failureError(failure, call, entry);
  return {
    requestId: call.identity.requestId,
    entryId: entry.entryId,
    embeddings: answer.embeddings,
    model: entry.model,
    usage: usageOfEntry(entry),
    cost: costOfEntry(entry),
    budgets: budgetsAfter(call.windows, await call.spending, [entry]),
  };
}

async function estimateEmbedding(
  deps: CallDeps,
  call: OpenCall,
  command: EmbedCommand,
): Promise<TokenEstimate> {
  const counts = await Promise.all(
    command.embedding.input.map((text) => surely(deps.tokens).countText(call.model.name, text)),
  );
  return { inputTokens: counts.reduce((sum, count) => sum + count, 0), outputTokens: 0 };
}

function callProvider(
  call: OpenCall,
  command: EmbedCommand,
  signal: AbortSignal,
): Promise<EmbedOutcome> {
  return new Promise((resolve) => {
    let running: RunningCall | undefined;
    const leave = () => running?.abort();
    const end = (outcome: EmbedOutcome) => {
      signal.removeEventListener("abort", leave);
      resolve(outcome);
    };
    signal.addEventListener("abort", leave, { once: true });
    running = call.model.provider.embed(
      { ...command.embedding, model: call.model.name },
      {
        onDone: (answer) => end({ answer, failure: undefined }),
        onError: (failure) => end({ answer: undefined, failure }),
      },
    );
    if (signal.aborted) leave();
  });
}

function usageOfEmbedding(
  deps: CallDeps,
  call: OpenCall,
  estimate: TokenEstimate,
  { answer, failure }: EmbedOutcome,
): Usage {
  if (failure && !failure.maybeBilled) return NO_USAGE;
  const reported: Usage =
    answer?.rawUsage === undefined
      ? {
          classes: {},
          status: "estimated",
          estimatedBecause: failure ? "stream_ended_early" : "usage_missing",
        }
      : call.model.provider.convertUsage(answer.rawUsage);
  return believedUsage(
    reported,
    estimate,
    doubtAboutModel(deps, call, answer?.modelAnswered ?? null),
  );
}
