import type { OutputRange } from "../budgets/admission.ts";
import { type ApplicableWindow, isBlocking } from "../budgets/applicable.ts";
import { boundCost } from "../pricing/bound-cost.ts";
import type { RateTable } from "../pricing/rates.ts";
import type { CallSettings } from "./deps.ts";
import type { PricedModel } from "./resolve-model.ts";

/** What a caller wants of the output; embeddings have none. */
export interface OutputWish {
  /** The caller's own limit. */
  readonly limit: number | undefined;
  /** Whether that may be lowered to what the budgets leave. */
  readonly fitToBudget: boolean;
}

/** `block` budgets that apply, in the order of their windows' ids so that all instances ask alike. */
export function blockingWindows(windows: readonly ApplicableWindow[]): ApplicableWindow[] {
  return windows.filter(isBlocking).sort((a, b) => (a.windowId < b.windowId ? -1 : 1));
}

/** With a limit of the caller's only `fitToBudget` lowers it; without one the limit is what fits. */
export function outputRange(
  { defaultMaxOutputTokens, minOutputTokens }: CallSettings,
  { info }: Pick<PricedModel, "info">,
  { limit, fitToBudget }: OutputWish,
): OutputRange {
  const most = limit ?? Math.min(defaultMaxOutputTokens, info?.maxOutputTokens ?? Infinity);
  const isFixed = limit !== undefined && !fitToBudget;
  return { least: isFixed ? limit : Math.min(minOutputTokens, most), most };
}

/** What so many tokens take of each window, in its unit's integer. */
export function amountsOf(
  windows: readonly ApplicableWindow[],
  rates: RateTable | undefined,
  tokens: { readonly inputTokens: number; readonly outputTokens: number },
): number[] {
  const { nanoUsd } = boundCost(rates, tokens);
  const amounts = { usd: nanoUsd, tokens: tokens.inputTokens + tokens.outputTokens, requests: 1 };
  return windows.map(({ budget }) => amounts[budget.unit]);
}

/** The window for whose sake a model without a price does not run: what has no price cannot be held in dollars. */
export function refusingUnpriced(
  windows: readonly ApplicableWindow[],
  { rates }: Pick<PricedModel, "rates">,
): ApplicableWindow | undefined {
  if (rates) return undefined;
  return windows.find(({ budget }) => budget.unit === "usd" && budget.onUnknownPrice === "deny");
}
