import type { ApplicableWindow } from "../budgets/applicable.ts";
import {
  NOTHING_SPENT,
  type Spending,
  type WindowState,
  windowState,
} from "../budgets/window-state.ts";
import { usdFromNano } from "../core/money.ts";
import type { TokenClasses } from "../core/tokens.ts";
import { amountIn } from "../ledger/contributions.ts";
import type { EntryDraft } from "../ledger/entry.ts";
import type { PriceStatus } from "../pricing/rates.ts";
import type { Attempts } from "./attempts.ts";

/** Usage as callers see it. */
export interface UsageReport {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  /** Disjoint; classes of 0 are left out. */
  readonly classes: TokenClasses;
  readonly status: "exact" | "estimated";
}

/** Cost as callers see it: nanoUSD as numbers, `usd` as a decimal string. */
export interface CostReport {
  readonly nanoUsd: number;
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
  readonly usd: string;
  readonly priceStatus: PriceStatus;
  readonly priceVersion: string | null;
}

export function usageOfEntry(entry: EntryDraft): UsageReport {
  const { inputTokens, outputTokens, totalTokens, classes, usageStatus } = entry;
  return { inputTokens, outputTokens, totalTokens, classes, status: usageStatus };
}

export function costOfEntry(entry: EntryDraft): CostReport {
  return {
    nanoUsd: entry.costNanoUsd,
    inputNanoUsd: entry.inputCostNanoUsd,
    outputNanoUsd: entry.outputCostNanoUsd,
    usd: usdFromNano(entry.costNanoUsd),
    priceStatus: entry.priceStatus,
    priceVersion: entry.priceVersion,
  };
}

/**
 * The budgets that apply, this call's own amount included although its aggregation may be still to come. None when
 * their spending is not known, for unknown is not zero.
 */
export function budgetsAfter(
  windows: readonly ApplicableWindow[],
  spending: ReadonlyMap<string, Spending> | undefined,
  { earlier, last }: Attempts<EntryDraft>,
): WindowState[] {
  if (!spending || windows.some(({ windowId }) => !spending.has(windowId))) return [];
  return windows.map((window) => {
    const { spent, held } = spending.get(window.windowId) ?? NOTHING_SPENT;
    const own = [...earlier, last].reduce(
      (sum, { add }) => sum + amountIn(window.budget.unit, add),
      0,
    );
    return windowState(window, { spent: spent + own, held });
  });
}
