import { applicableWindows } from "../budgets/applicable.ts";
import { NOTHING_SPENT, type WindowState, windowState } from "../budgets/window-state.ts";
import { usdFromNano } from "../core/money.ts";
import { boundCost } from "../pricing/bound-cost.ts";
import type { PriceStatus } from "../pricing/rates.ts";
import { type ChatCommand, refuseUnsupported } from "./chat.ts";
import { surely } from "./count-tokens.ts";
import type { CallDeps } from "./deps.ts";
import { estimateInput, type InputParts } from "./estimate-input.ts";
import { activeBudgets } from "./open-call.ts";
import { scopeIdsOf } from "./request.ts";
import { resolveModel } from "./resolve-model.ts";

export interface CostEstimate {
  readonly inputTokens: number;
  readonly parts: InputParts;
  /** The caller's limit, else the most that is reckoned with. */
  readonly maxOutputTokens: number;
  /** Upper bound; null for a model without a price. */
  readonly maxCostNanoUsd: number | null;
  /** The same as a decimal string. */
  readonly maxCostUsd: string | null;
  readonly priceStatus: PriceStatus;
  /** Whether a call would be admitted now. */
  readonly allowed: boolean;
  readonly budgets: readonly WindowState[];
}

/** What a chat call can cost at most; calls no model and writes nothing. @throws UNKNOWN_MODEL, INVALID_FIELD */
export async function estimateCost(deps: CallDeps, command: ChatCommand): Promise<CostEstimate> {
  const nowMs = deps.clock.nowMs();
  const model = resolveModel(deps, command.model, nowMs);
  refuseUnsupported(model, command);
  const { name, info, rates } = model;
  const [{ inputTokens, parts }, budgets] = await Promise.all([
    estimateInput(surely(deps.tokens), { ...command.chat, model: name }),
    budgetsNow(deps, command, nowMs),
  ]);
  const byDefault = Math.min(
    deps.settings.defaultMaxOutputTokens,
    info?.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  const maxOutputTokens = command.chat.maxOutputTokens ?? byDefault;
  const bound = rates && boundCost(rates, { inputTokens, outputTokens: maxOutputTokens }).nanoUsd;
  return {
    inputTokens,
    parts,
    maxOutputTokens,
    maxCostNanoUsd: bound ?? null,
    maxCostUsd: bound === undefined ? null : usdFromNano(bound),
    priceStatus: rates ? (rates.free ? "free" : "priced") : "unpriced",
    allowed: budgets.every(({ enforcement }) => enforcement === "alert"),
    budgets,
  };
}

async function budgetsNow(
  deps: CallDeps,
  command: ChatCommand,
  nowMs: number,
): Promise<WindowState[]> {
  const scopes = scopeIdsOf(command.attribution, deps.settings.projectId);
  const windows = applicableWindows(await activeBudgets(deps), scopes, nowMs);
  const spending = await deps.budgets.spending(windows.map(({ windowId }) => windowId));
  return windows.map((window, index) => windowState(window, spending[index] ?? NOTHING_SPENT));
}
