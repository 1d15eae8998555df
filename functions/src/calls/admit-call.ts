import type { OutputRange } from "../budgets/admission.ts";
import type { ApplicableWindow } from "../budgets/applicable.ts";
import type { Spending } from "../budgets/window-state.ts";
import { windowState } from "../budgets/window-state.ts";
import { TollgateError } from "../core/errors.ts";
import { holdIdOf } from "../core/ids.ts";
import type { AdmissionRequest, AdmissionResult, Admitted, Refused } from "../ledger/admission.ts";
import { CallHold } from "./call-hold.ts";
import type { CallDeps } from "./deps.ts";
import { duplicateRequest } from "./duplicate.ts";
import {
  holdOf,
  mustWaitForHold,
  type OpenCall,
  requireHold,
  storeUnavailable,
} from "./open-call.ts";
import { blockedWindow, movesOf } from "./request.ts";
import {
  amountsOf,
  blockingWindows,
  type OutputWish,
  outputRange,
  refusingUnpriced,
} from "./what-it-takes.ts";

/** Holds come back with settles, within seconds. */
const RETRY_AFTER_SECONDS = 5;

/** A call that may reach its provider. */
export interface AdmittedCall {
  /** With what its windows have given it. */
  readonly call: OpenCall;
  readonly held: CallHold;
  /** The output limit that is sent. */
  readonly outputLimit: number;
}

/**
 * Takes the call's bound from every `block` budget, all in one commit, all or none.
 * @throws BUDGET_EXCEEDED, UNPRICED_MODEL, DUPLICATE_REQUEST, STORE_UNAVAILABLE
 */
export async function admitCall(
  deps: CallDeps,
  call: OpenCall,
  inputTokens: number,
  wish: OutputWish,
): Promise<AdmittedCall> {
  const windows = blockingWindows(call.windows);
  const unpriced = refusingUnpriced(windows, call.model);
  if (unpriced) throw unpricedModel(call, unpriced);
  const output = outputRange(deps.settings, call.model, wish);
  const request = requestOf(deps, call, windows, inputTokens, output);
  const result = await deps.admitter.admit(request);
  switch (result.status) {
    case "admitted":
      return admittedCall(deps, call, windows, inputTokens, result);
    case "refused":
      throw budgetExceeded(deps, call, windows, result);
    case "taken":
      throw duplicateRequest(call.identity, result.entry, result.hold);
    case "unavailable":
      return withoutStore(deps, call, windows, { inputTokens, outputTokens: output.most }, result);
    default:
      return result satisfies never;
  }
}

function requestOf(
  deps: CallDeps,
  call: OpenCall,
  windows: readonly ApplicableWindow[],
  inputTokens: number,
  output: OutputRange,
): AdmissionRequest {
  const { identity, entryId, request } = call;
  return {
    identity: { ...identity, holdId: holdIdOf(identity.subject, identity.requestId), entryId },
    windows: windows.map(blockedWindow),
    output,
    amountsAt: (outputTokens) =>
      amountsOf(windows, call.model.rates, { inputTokens, outputTokens }),
    holdFor: (outputTokens, reserved) =>
      holdOf(deps, holding(call, windows, reserved), { inputTokens, outputTokens }),
    idIsTheClients: request.requestId !== undefined,
  };
}

function holding(
  call: OpenCall,
  windows: readonly ApplicableWindow[],
  reserved: readonly number[],
): OpenCall {
  const taken = new Map(windows.map(({ windowId }, index) => [windowId, reserved[index] ?? 0]));
  return { ...call, moves: movesOf(call.windows, taken) };
}

function admittedCall(
  deps: CallDeps,
  call: OpenCall,
  windows: readonly ApplicableWindow[],
  inputTokens: number,
  { hold, outputTokens, balances }: Admitted,
): AdmittedCall {
  const reserved = new Map(hold.windows.map((move) => [move.windowId, move.reserved]));
  const others = windows.map(({ windowId }, index): [string, Spending] => {
    const { spent, held } = balances[index] ?? { spent: 0, held: 0 };
    return [windowId, { spent, held: held - (reserved.get(windowId) ?? 0) }];
  });
  const spending = call.spending.then((read) => read && new Map([...read, ...others]));
  const admitted = { ...call, moves: hold.windows, spending };
  const estimate = { inputTokens, outputTokens };
  return {
    call: admitted,
    held: new CallHold(deps, admitted, estimate, { status: "landed", hold }),
    outputLimit: outputTokens,
  };
}

const UNAVAILABLE = {
  contention: "are in great demand",
  opening: "are still being opened",
  store: "could not be held",
} as const;

/** Only a failure of the store is what `allow` covers. */
async function withoutStore(
  deps: CallDeps,
  call: OpenCall,
  windows: readonly ApplicableWindow[],
  estimate: { readonly inputTokens: number; readonly outputTokens: number },
  result: Extract<AdmissionResult, { status: "unavailable" }>,
): Promise<AdmittedCall> {
  const isAllowed = windows.every(({ budget }) => budget.onStoreError === "allow");
  if (result.because !== "store" || !isAllowed) {
    const { ended } = result;
    if (ended !== undefined) void deps.journal.withdraw(holdOf(deps, call, estimate), { ended });
    throw storeUnavailable(`the call's budgets ${UNAVAILABLE[result.because]}`, result.cause);
  }
  const held = new CallHold(deps, call, estimate);
  if (mustWaitForHold(deps, call)) await requireHold(deps, call, held.current, result.ended);
  return { call, held, outputLimit: estimate.outputTokens };
}

function unpricedModel({ model }: OpenCall, { budget }: ApplicableWindow): TollgateError {
  const { modelRequested } = model.names;
  const message = `${modelRequested} has no price, and a budget in dollars applies`;
  const { budgetId } = budget;
  return new TollgateError("UNPRICED_MODEL", message, { model: modelRequested, budgetId });
}

function budgetExceeded(
  deps: CallDeps,
  { identity }: OpenCall,
  windows: readonly ApplicableWindow[],
  refused: Refused,
): TollgateError {
  const isRefusing = ({ windowId }: ApplicableWindow) => windowId === refused.window.move.windowId;
  const window = windows.find(isRefusing) as ApplicableWindow;
  const budget = windowState(window, refused.balance);
  const whose = budget.scope === "project" ? "the project" : `${budget.scope} ${budget.scopeId}`;
  return new TollgateError(
    "BUDGET_EXCEEDED",
    `the budget of ${whose} in ${budget.unit} per ${budget.window} has no room for this call`,
    {
      requestId: identity.requestId,
      budget,
      needed: refused.amount,
      retryAfterSeconds: secondsUntilRoom(window, refused, deps.clock.nowMs()),
    },
  );
}

/** What is held comes back soon; what is spent with the next period; null: no waiting helps. */
function secondsUntilRoom(
  { endMs }: ApplicableWindow,
  { balance, amount }: Refused,
  nowMs: number,
): number | null {
  if (balance.spent + amount <= balance.limit) return RETRY_AFTER_SECONDS;
  if (endMs === undefined || amount > balance.limit) return null;
  return Math.max(Math.ceil((endMs - nowMs) / 1_000), 1);
}
