import { type ApplicableWindow, applicableWindows, isBlocking } from "../budgets/applicable.ts";
import type { Budget } from "../budgets/budget.ts";
import { NOTHING_SPENT, type Spending } from "../budgets/window-state.ts";
import { TollgateError } from "../core/errors.ts";
import { entryIdOf, holdIdOf, payloadHashOf } from "../core/ids.ts";
import type { RequestIdentity } from "../ledger/entry.ts";
import type { Hold } from "../ledger/hold.ts";
import type { JournalResult } from "../ledger/journal.ts";
import type { WindowMove } from "../ledger/window-move.ts";
import { boundCost } from "../pricing/bound-cost.ts";
import type { CallDeps } from "./deps.ts";
import { duplicateRequest } from "./duplicate.ts";
import { type CallRequest, movesOf, scopeIdsOf } from "./request.ts";
import { type CalledModel, resolveModel } from "./resolve-model.ts";

/** A call that may begin: what was decided when it started, and is used until it has settled. */
export interface OpenCall {
  readonly request: CallRequest;
  readonly identity: RequestIdentity;
  /** That of its first attempt. */
  readonly entryId: string;
  readonly model: CalledModel;
  readonly windows: readonly ApplicableWindow[];
  /** The same windows as hold, entry and outbox carry them. */
  readonly moves: readonly WindowMove[];
  /** What others had spent when it began, by window id, read beside the call; undefined when that could not be read. */
  readonly spending: Promise<ReadonlyMap<string, Spending> | undefined>;
  readonly startedAtMs: number;
}

/** Most tokens that the call is reckoned to use. */
export interface TokenEstimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A call's hold, and what becomes of it. */
export interface WrittenHold {
  readonly hold: Hold;
  readonly written: Promise<JournalResult>;
}

/** Fixes everything that depends on the call's start: model, price, budgets. */
export async function openCall(deps: CallDeps, request: CallRequest): Promise<OpenCall> {
  const startedAtMs = deps.clock.nowMs();
  const [book, budgets] = await Promise.all([deps.prices(), activeBudgets(deps)]);
  const { providers } = deps;
  const model = resolveModel({ providers, book }, request.model, startedAtMs);
  const requestId = request.requestId ?? deps.randomId();
  const scopes = scopeIdsOf(request.attribution, deps.settings.projectId);
  const windows = applicableWindows(budgets, scopes, startedAtMs);
  return {
    request,
    identity: {
      subject: request.subject,
      requestId,
      payloadHash: payloadHashOf(request.payload),
      nonce: deps.randomId(),
    },
    entryId: entryIdOf(request.subject, requestId, 1),
    model,
    windows,
    moves: movesOf(windows),
    spending: readSpending(
      deps,
      windows.filter((window) => !isBlocking(window)),
    ),
    startedAtMs,
  };
}

/** Whether the call waits for its hold before the provider is called. */
export function mustWaitForHold(deps: CallDeps, call: OpenCall): boolean {
  return call.request.requestId !== undefined || deps.settings.journal === "before";
}

/** Writes the call's hold: the journal that it began, with the upper bound of its cost. */
export function writeHold(deps: CallDeps, call: OpenCall, estimate: TokenEstimate): WrittenHold {
  const hold = holdOf(deps, call, estimate);
  return { hold, written: deps.journal.write(hold, call.request.requestId !== undefined) };
}

/**
 * Waits until the hold is there.
 * @param earlierEnded when an earlier commit of this hold cannot land any more
 * @throws DUPLICATE_REQUEST when the id is taken, STORE_UNAVAILABLE when nobody can say
 */
export async function requireHold(
  deps: CallDeps,
  call: OpenCall,
  { hold, written }: WrittenHold,
  earlierEnded?: Promise<void>,
): Promise<void> {
  const result = await written;
  if (result.status === "landed" || result.status === "forgone") return;
  if (result.status === "taken") throw duplicateRequest(call.identity, result.entry, result.hold);
  if (result.ended !== undefined || earlierEnded !== undefined) {
    const ended = Promise.all([earlierEnded, result.ended]).then(() => {});
    void deps.journal.withdraw(hold, { ended });
  }
  throw storeUnavailable("the call could not be recorded before it began", result.cause);
}

/** The call's hold as it is to be written. */
export function holdOf(deps: CallDeps, call: OpenCall, estimate: TokenEstimate): Hold {
  const { requestTimeoutMs, holdMarginMs } = deps.settings;
  return {
    ...call.identity,
    ...call.request.attribution,
    ...call.model.names,
    holdId: holdIdOf(call.identity.subject, call.identity.requestId),
    entryId: call.entryId,
    bound: boundCost(call.model.rates, estimate),
    rates: call.model.rates ?? null,
    windows: call.moves,
    startedAt: new Date(call.startedAtMs),
    expiresAt: new Date(call.startedAtMs + requestTimeoutMs + holdMarginMs),
  };
}

/** @throws STORE_UNAVAILABLE when they were never read, unless calls are let through then */
export async function activeBudgets(
  deps: Pick<CallDeps, "budgets" | "settings">,
): Promise<readonly Budget[]> {
  try {
    return await deps.budgets.active();
  } catch (cause) {
    if (deps.settings.onStoreError === "allow") return [];
    throw storeUnavailable("the budgets could not be read", cause);
  }
}

/** For the answer's `budgets` only: a failure costs the caller nothing but that. Admission reads the others itself. */
async function readSpending(
  deps: CallDeps,
  windows: readonly ApplicableWindow[],
): Promise<ReadonlyMap<string, Spending> | undefined> {
  if (windows.length === 0) return new Map();
  try {
    const ids = windows.map(({ windowId }) => windowId);
    const found = await deps.budgets.spending(ids);
    return new Map(ids.map((id, index) => [id, found[index] ?? NOTHING_SPENT]));
  } catch {
    return undefined;
  }
}

export function storeUnavailable(what: string, cause: unknown): TollgateError {
  return new TollgateError(
    "STORE_UNAVAILABLE",
    `${what}; try again`,
    { retryAfterSeconds: 5 },
    { cause },
  );
}
