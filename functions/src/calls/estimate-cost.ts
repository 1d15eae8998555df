import { mostThatFits } from "../budgets/admission.ts";
import { type ApplicableWindow, applicableWindows, isBlocking } from "../budgets/applicable.ts";
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
import { type PricedModel, resolveModel } from "./resolve-model.ts";
import { amountsOf, outputRange, refusingUnpriced } from "./what-it-takes.ts";

export interface CostEstimate {
  readonly inputTokens: number;
  readonly parts: InputParts;
  /** The limit that would be sent, or that is reckoned with. */
  readonly maxOutputTokens: number;
  /** Upper bound; null for a model without a price. */
  readonly maxCostNanoUsd: number | null;
  /** The same as a decimal string. */
  readonly maxCostUsd: string | null;
  readonly priceStatus: PriceStatus;
  /** Whether a call would be admitted now, without waiting for others to settle. */
  readonly allowed: boolean;
  readonly budgets: readonly WindowState[];
}

/** What a chat call can cost at most; calls no model and writes nothing. @throws UNKNOWN_MODEL, INVALID_FIELD */
export async function estimateCost(deps: CallDeps, command: ChatCommand): Promise<CostEstimate> {
  const nowMs = deps.clock.nowMs();
  const { providers } = deps;
  const book = await deps.prices();
  const model = resolveModel({ providers, book }, command.model, nowMs);
  refuseUnsupported(model, command);
  const { countedAs, rates } = model;
  const [{ inputTokens, parts }, standing] = await Promise.all([
    estimateInput(surely(deps.tokens), { ...command.chat, model: countedAs }),
    budgetsNow(deps, command, nowMs),
  ]);
  const { allowed, maxOutputTokens } = admissionNow(deps, command, model, inputTokens, standing);
  const bound = rates && boundCost(rates, { inputTokens, outputTokens: maxOutputTokens }).nanoUsd;
  return {
    inputTokens,
    parts,
    maxOutputTokens,
    maxCostNanoUsd: bound ?? null,
    maxCostUsd: bound === undefined ? null : usdFromNano(bound),
    priceStatus: rates ? (rates.free ? "free" : "priced") : "unpriced",
    allowed,
    budgets: standing.map(({ state }) => state),
  };
}

interface Standing {
  readonly window: ApplicableWindow;
  readonly state: WindowState;
}

/** As `chat` would decide it; where nothing fits, the estimate is of what was asked for. */
function admissionNow(
  deps: CallDeps,
  { chat, fitToBudget }: ChatCommand,
  model: PricedModel,
  inputTokens: number,
  standing: readonly Standing[],
): Pick<CostEstimate, "allowed" | "maxOutputTokens"> {
  const blocking = standing.filter(({ window }) => isBlocking(window));
  const windows = blocking.map(({ window }) => window);
  const balances = blocking.map(({ state }) => state);
  const range = outputRange(deps.settings, model, { limit: chat.maxOutputTokens, fitToBudget });
  const amountsAt = (outputTokens: number) =>
    amountsOf(windows, model.rates, { inputTokens, outputTokens });
  const fitting = mostThatFits(balances, amountsAt, range);
  return {
    allowed: fitting !== undefined && !refusingUnpriced(windows, model),
    maxOutputTokens: fitting ?? range.most,
  };
}

async function budgetsNow(
  deps: CallDeps,
  command: ChatCommand,
  nowMs: number,
): Promise<Standing[]> {
  const scopes = scopeIdsOf(command.attribution, deps.settings.projectId);
  const windows = applicableWindows(await activeBudgets(deps), scopes, nowMs);
  const spending = await deps.budgets.spending(windows.map(({ windowId }) => windowId));
  return windows.map((window, index) => ({
    window,
    state: windowState(window, spending[index] ?? NOTHING_SPENT),
  }));
}
