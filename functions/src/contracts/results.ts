import type { Window } from "../core/period.ts";
import type { TokenClass } from "../core/tokens.ts";
import type { BudgetScope, BudgetUnit, Enforcement } from "./budgets.ts";

/** Tokens of one call; the classes are disjoint and add up to the totals, one that is absent is 0. */
export interface UsageResult {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly classes: Readonly<Partial<Record<TokenClass, number>>>;
  /** estimated: not all of it is what the provider reported. */
  readonly status: "exact" | "estimated";
}

export type PriceStatus = "priced" | "free" | "unpriced" | "provider";

/** Cost of one call; 1 USD = 1 000 000 000 nanoUSD. */
export interface CostResult {
  readonly nanoUsd: number;
  readonly inputNanoUsd: number;
  /** Exact decimal string: "0.0001554". */
  readonly usd: string;
  readonly outputNanoUsd: number;
  readonly priceStatus: PriceStatus;
  /** "openai:gpt-4o-mini:2024-07-18"; null for a model without a price. */
  readonly priceVersion: string | null;
}

/** A window of a budget that a call counts against; amounts are in the unit's integer (nanoUSD for `usd`). */
export interface BudgetState {
  readonly budgetId: string;
  readonly scope: BudgetScope;
  /** The real one, never "*". */
  readonly scopeId: string;
  readonly unit: BudgetUnit;
  readonly window: Window;
  /** "2026-11-22T14:03", "2026-11-22", "2026-11" or "all", UTC. */
  readonly period: string;
  readonly limit: number;
  readonly spent: number;
  /** Reserved by calls that are still running. */
  readonly held: number;
  /** What further calls may take, never below 0. */
  readonly left: number;
  /** ISO instant; null for a lifetime. */
  readonly resetsAt: string | null;
  readonly enforcement: Enforcement;
}

/** Sums over calls, all integers. */
export interface TotalsResult {
  /** Admitted requests; a retry is another call of the same request. */
  readonly requests: number;
  readonly calls: number;
  readonly errors: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly classes: Readonly<Partial<Record<TokenClass, number>>>;
  readonly costNanoUsd: number;
  readonly inputCostNanoUsd: number;
  readonly outputCostNanoUsd: number;
  readonly freeCalls: number;
  readonly freeTokens: number;
  readonly estimatedCalls: number;
  readonly unpricedCalls: number;
  readonly unpricedTokens: number;
  readonly latencyMsSum: number;
}

/** How fresh a report is and what it took. */
export interface ReportFacts {
  /** ISO instant up to which entries are in the sums. */
  readonly asOf: string;
  /** Entries that are in the ledger and not yet in the aggregates. */
  readonly pendingEntries: number;
  readonly source: "aggregate" | "ledger";
  readonly documentsRead: number;
}
