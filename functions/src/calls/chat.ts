import type { WindowState } from "../budgets/window-state.ts";
import { invalidField } from "../core/errors.ts";
import { NO_USAGE, type Usage } from "../core/tokens.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import {
  believedUsage,
  closeCall,
  doubtAboutModel,
  type EndedAttempt,
  isSure,
} from "./close-call.ts";
import { surely } from "./count-tokens.ts";
import type { CallDeps } from "./deps.ts";
import { estimateInput } from "./estimate-input.ts";
import { failureError } from "./failure.ts";
import {
  mustWaitForHold,
  type OpenCall,
  openCall,
  requireHold,
  type TokenEstimate,
  type WrittenHold,
  writeHold,
} from "./open-call.ts";
import type {
  ChatAnswer,
  ChatRequest,
  ProviderFailure,
  RunningCall,
  ToolCall,
  ToolCallDelta,
} from "./port.ts";
import type { CallRequest } from "./request.ts";
import {
  budgetsAfter,
  type CostReport,
  costOfEntry,
  type UsageReport,
  usageOfEntry,
} from "./result.ts";

export interface ChatCommand extends CallRequest {
  readonly chat: Omit<ChatRequest, "model">;
}

/** Pieces of the answer as they come; the signal says that nobody listens any more. */
export interface ChatListener {
  onDelta(text: string): void;
  onToolCallDelta(deltas: readonly ToolCallDelta[]): void;
  readonly signal: AbortSignal;
}

export interface ChatResult {
  readonly requestId: string;
  readonly entryId: string;
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly model: string;
  readonly finishReason: string | null;
  readonly usage: UsageReport;
  readonly cost: CostReport;
  readonly budgets: readonly WindowState[];
}

interface ChatOutcome {
  readonly answer: ChatAnswer;
  readonly failure: ProviderFailure | undefined;
  readonly firstChunkMs: number | null;
  readonly endedAtMs: number;
}

/**
 * One metered chat call. Resolves when the entry is durable; a failed call has its entry too.
 * @throws TollgateError with reason UNKNOWN_MODEL, DUPLICATE_REQUEST, STORE_UNAVAILABLE or PROVIDER_*
 */
export async function chat(
  deps: CallDeps,
  command: ChatCommand,
  listener: ChatListener,
): Promise<ChatResult> {
  const call = await openCall(deps, command);
  if (call.model.info?.kind === "embedding")
    throw invalidField("model", "is an embedding model; use embed");
  if (!mustWaitForHold(deps, call)) return settleChat(deps, call, command, listener, undefined);
  const estimate = await estimateChat(deps, call, command);
  const hold = writeHold(deps, call, estimate);
  await requireHold(deps, call, hold);
  return settleChat(deps, call, command, listener, { estimate, hold });
}

/** Without a wait the provider is called first; counting tokens and writing the hold happen beside it. */
async function settleChat(
  deps: CallDeps,
  call: OpenCall,
  command: ChatCommand,
  listener: ChatListener,
  held: { readonly estimate: TokenEstimate; readonly hold: WrittenHold } | undefined,
): Promise<ChatResult> {
  const running = callProvider(deps, call, command, listener);
  const estimate = held?.estimate ?? (await estimateChat(deps, call, command));
  const { written } = held?.hold ?? writeHold(deps, call, estimate);
  const outcome = await running;
  const ended = await endedChat(deps, call, estimate, outcome);
  const entry = await closeCall(deps, call, estimate, ended, written);
  if (outcome.failure) throw failureError(outcome.failure, call, entry);
  return chatResult(call, outcome.answer, entry, await call.spending);
}

/** An upper bound of the tokens: what is sent, and the caller's output limit or the default one. */
export async function estimateChat(
  deps: CallDeps,
  call: OpenCall,
  { chat: request }: ChatCommand,
): Promise<TokenEstimate> {
  const { inputTokens } = await estimateInput(surely(deps.tokens), {
    ...request,
    model: call.model.name,
  });
  return {
    inputTokens,
    outputTokens: request.maxOutputTokens ?? deps.settings.defaultMaxOutputTokens,
  };
}

/** One promise around the callbacks; it never rejects. */
function callProvider(
  deps: CallDeps,
  call: OpenCall,
  command: ChatCommand,
  listener: ChatListener,
): Promise<ChatOutcome> {
  return new Promise((resolve) => {
    let firstChunkMs: number | null = null;
    let running: RunningCall | undefined;
    const leave = () => running?.abort();
    const sawChunk = () => {
      firstChunkMs ??= deps.clock.nowMs() - call.startedAtMs;
    };
    const end = (answer: ChatAnswer, failure?: ProviderFailure) => {
      listener.signal.removeEventListener("abort", leave);
      resolve({ answer, failure, firstChunkMs, endedAtMs: deps.clock.nowMs() });
    };
    listener.signal.addEventListener("abort", leave, { once: true });
    running = call.model.provider.chat(
      { ...command.chat, model: call.model.name },
      {
        onDelta(text) {
          sawChunk();
          listener.onDelta(text);
        },
        onToolCallDelta(deltas) {
          sawChunk();
          listener.onToolCallDelta(deltas);
        },
        onDone: (answer) => end(answer),
        onError: (failure, partial) => end(partial, failure),
      },
    );
    if (listener.signal.aborted) leave();
  });
}

async function endedChat(
  deps: CallDeps,
  call: OpenCall,
  estimate: TokenEstimate,
  { answer, failure, firstChunkMs, endedAtMs }: ChatOutcome,
): Promise<EndedAttempt> {
  return {
    status: statusOf(failure),
    usage: await usageOfChat(deps, call, estimate, answer, failure),
    rawUsage: answer.rawUsage,
    modelAnswered: answer.modelAnswered,
    providerRequestId: answer.providerRequestId ?? failure?.providerRequestId ?? null,
    firstChunkMs,
    endedAtMs,
  };
}

function statusOf(failure: ProviderFailure | undefined): EndedAttempt["status"] {
  if (!failure) return "ok";
  return failure.kind === "aborted" ? "aborted" : "error";
}

async function usageOfChat(
  deps: CallDeps,
  call: OpenCall,
  estimate: TokenEstimate,
  answer: ChatAnswer,
  failure: ProviderFailure | undefined,
): Promise<Usage> {
  if (failure && !failure.maybeBilled) return NO_USAGE;
  const reported: Usage =
    answer.rawUsage === undefined
      ? {
          classes: {},
          status: "estimated",
          estimatedBecause: failure ? "stream_ended_early" : "usage_missing",
        }
      : call.model.provider.convertUsage(answer.rawUsage);
  const doubt = doubtAboutModel(deps, call, answer.modelAnswered);
  if (isSure(reported) && !doubt) return reported;
  const written =
    answer.text + answer.toolCalls.map((c) => c.function.name + c.function.arguments).join("");
  const outputTokens = await surely(deps.tokens).countText(call.model.name, written);
  return believedUsage(reported, { inputTokens: estimate.inputTokens, outputTokens }, doubt);
}

function chatResult(
  call: OpenCall,
  answer: ChatAnswer,
  entry: EntryDraft,
  spending: Awaited<OpenCall["spending"]>,
): ChatResult {
  return {
    requestId: call.identity.requestId,
    entryId: entry.entryId,
    text: answer.text,
    toolCalls: answer.toolCalls,
    model: entry.model,
    finishReason: answer.finishReason,
    usage: usageOfEntry(entry),
    cost: costOfEntry(entry),
    budgets: budgetsAfter(call.windows, spending, [entry]),
  };
}
