import { isBlocking } from "../budgets/applicable.ts";
import type { WindowState } from "../budgets/window-state.ts";
import { invalidField } from "../core/errors.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import { admitCall } from "./admit-call.ts";
import { type Attempts, type EndedCall, eachAttempt, runAttempts } from "./attempts.ts";
import { CallHold } from "./call-hold.ts";
import { type ChatListener, startChat } from "./chat-attempt.ts";
import { closeCall } from "./close-call.ts";
import { surely } from "./count-tokens.ts";
import type { CallDeps } from "./deps.ts";
import { endedAttempt } from "./ended-attempt.ts";
import { estimateInput } from "./estimate-input.ts";
import { failureError } from "./failure.ts";
import {
  mustWaitForHold,
  type OpenCall,
  openCall,
  requireHold,
  type TokenEstimate,
} from "./open-call.ts";
import type { ChatAnswer, ChatRequest, ToolCall } from "./port.ts";
import type { CallRequest } from "./request.ts";
import type { CalledModel } from "./resolve-model.ts";
import {
  budgetsAfter,
  type CostReport,
  costOfEntry,
  type UsageReport,
  usageOfEntry,
} from "./result.ts";

export interface ChatCommand extends CallRequest {
  readonly chat: Omit<ChatRequest, "model">;
  /** Whether its output limit may be lowered to what `block` budgets leave. */
  readonly fitToBudget: boolean;
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

/**
 * One metered chat call. Resolves when the entry is durable; a failed call has its entry too.
 * @throws TollgateError with reason UNKNOWN_MODEL, UNPRICED_MODEL, BUDGET_EXCEEDED, DUPLICATE_REQUEST,
 * STORE_UNAVAILABLE or PROVIDER_*
 */
export async function chat(
  deps: CallDeps,
  command: ChatCommand,
  listener: ChatListener,
): Promise<ChatResult> {
  const call = await openCall(deps, command);
  refuseUnsupported(call.model, command);
  if (call.windows.some(isBlocking)) return runAdmitted(deps, call, command, listener);
  if (!mustWaitForHold(deps, call)) return runChat(deps, call, command, listener, undefined);
  const held = await holdChat(deps, call, command);
  await requireHold(deps, call, held.current);
  return runChat(deps, call, command, listener, held);
}

/** @throws INVALID_FIELD for what the model or its provider cannot do */
export function refuseUnsupported({ info, provider }: CalledModel, { chat }: ChatCommand): void {
  if (info?.kind === "embedding") throw invalidField("model", "is an embedding model; use embed");
  const unsupported = provider.unsupported?.(chat);
  if (unsupported) throw invalidField(unsupported.field, unsupported.problem);
}

/** Nothing reaches the provider before every `block` budget has room for it. */
async function runAdmitted(
  deps: CallDeps,
  opened: OpenCall,
  command: ChatCommand,
  listener: ChatListener,
): Promise<ChatResult> {
  const { chat: request, fitToBudget } = command;
  const { inputTokens } = await estimateChat(deps, opened, command);
  const wish = { limit: request.maxOutputTokens, fitToBudget };
  const { call, held, outputLimit } = await admitCall(deps, opened, inputTokens, wish);
  const limited = { ...command, chat: { ...request, maxOutputTokens: outputLimit } };
  return runChat(deps, call, limited, listener, held);
}

/** Without a wait the provider is called first; counting tokens and writing the hold happen beside it. */
async function runChat(
  deps: CallDeps,
  call: OpenCall,
  command: ChatCommand,
  listener: ChatListener,
  before: CallHold | undefined,
): Promise<ChatResult> {
  const running = runAttempts<ChatAnswer>(deps, {
    startedAtMs: call.startedAtMs,
    signal: listener.signal,
    start: (events) => startChat(call, command.chat, listener, events),
    cover: async (maybeBilled) => (await holding).cover(maybeBilled),
  });
  const holding = before ? Promise.resolve(before) : holdChat(deps, call, command);
  const held = await holding;
  const outcomes = await running;
  const ended = (each: EndedCall<ChatAnswer>) =>
    endedAttempt(call, held.estimate, each, () => countWritten(deps, call, each.answer));
  const attempts = await eachAttempt(outcomes, ended);
  const drafts = await closeCall(deps, call, held.estimate, attempts, held.current.written);
  const { failure, answer } = outcomes.last;
  if (failure) throw failureError(failure, call, drafts.last);
  return chatResult(call, answer, drafts, await call.spending);
}

async function holdChat(deps: CallDeps, call: OpenCall, command: ChatCommand): Promise<CallHold> {
  return new CallHold(deps, call, await estimateChat(deps, call, command));
}

/** An upper bound of the tokens: what is sent, and the caller's output limit or the default one. */
export async function estimateChat(
  deps: CallDeps,
  call: OpenCall,
  { chat: request }: ChatCommand,
): Promise<TokenEstimate> {
  const { inputTokens } = await estimateInput(surely(deps.tokens), {
    ...request,
    model: call.model.countedAs,
  });
  return {
    inputTokens,
    outputTokens: request.maxOutputTokens ?? deps.settings.defaultMaxOutputTokens,
  };
}

async function countWritten(deps: CallDeps, call: OpenCall, answer: ChatAnswer): Promise<number> {
  const calls = answer.toolCalls.map((each) => each.function.name + each.function.arguments);
  const written = answer.text + calls.join("");
  const [tokens = 0] = await surely(deps.tokens).countTexts(call.model.countedAs, [written]);
  return tokens;
}

function chatResult(
  call: OpenCall,
  answer: ChatAnswer,
  drafts: Attempts<EntryDraft>,
  spending: Awaited<OpenCall["spending"]>,
): ChatResult {
  const entry = drafts.last;
  return {
    requestId: call.identity.requestId,
    entryId: entry.entryId,
    text: answer.text,
    toolCalls: answer.toolCalls,
    model: entry.model,
    finishReason: answer.finishReason,
    usage: usageOfEntry(entry),
    cost: costOfEntry(entry),
    budgets: budgetsAfter(call.windows, spending, drafts),
  };
}
