import { z } from "zod";
import { nanoFromUsd } from "../core/money.ts";
import { WINDOWS, type Window } from "../core/period.ts";
import {
  DEFAULT_THRESHOLDS,
  MAX_BUDGET_NAME_CHARACTERS,
  MAX_ID_CHARACTERS,
  MAX_LIMIT_NANO_USD,
  MAX_SESSION_SCOPE_CHARACTERS,
  MAX_THRESHOLD,
  MAX_THRESHOLDS,
} from "./bounds.ts";
import { type Page, pageFields } from "./page.ts";
import { documentId, id, shortText } from "./text.ts";

export const BUDGET_SCOPES = [
  "user",
  "key",
  "session",
  "agent",
  "department",
  "org",
  "project",
] as const;
export const BUDGET_UNITS = ["usd", "tokens", "requests"] as const;
const POLICIES = ["deny", "allow"] as const;

export type BudgetScope = (typeof BUDGET_SCOPES)[number];
export type BudgetUnit = (typeof BUDGET_UNITS)[number];
export type Enforcement = "alert" | "block";

const PER_MILLE = 1_000;

/** In per mille as integers, ascending, each once: [1, 0.8, 0.8] -> [800, 1000]. */
const thresholdsPerMille = z
  .array(
    z
      .number()
      .gt(0)
      .max(MAX_THRESHOLD)
      .refine(isWholePerMille, { error: "must have at most 3 decimals" }),
  )
  .min(1)
  .max(MAX_THRESHOLDS)
  .default([...DEFAULT_THRESHOLDS])
  .transform((shares) => [...new Set(shares.map(perMille))].sort((a, b) => a - b));

const budgetFields = z.strictObject({
  name: shortText(MAX_BUDGET_NAME_CHARACTERS).nullable().default(null),
  scope: z.enum(BUDGET_SCOPES),
  scopeId: shortText(MAX_SESSION_SCOPE_CHARACTERS),
  unit: z.enum(BUDGET_UNITS),
  window: z.enum(WINDOWS),
  limitUsd: z.string().optional(),
  limit: z.int().gt(0).optional(),
  thresholds: thresholdsPerMille,
  enforcement: z.enum(["alert", "block"]).default("alert"),
  onStoreError: z.enum(POLICIES).default("deny"),
  onUnknownPrice: z.enum(POLICIES).default("deny"),
  downgradeTo: id.nullable().default(null),
});

type BudgetFields = z.output<typeof budgetFields>;

/**
 * `setBudget`; the limit comes out in the unit's integer (nanoUSD for `usd`), the thresholds in per mille. What this
 * version cannot hold, and how the scope id of a session looks, is for the budgets to say.
 */
export const setBudgetRequest = budgetFields
  .refine(({ scope, scopeId }) => scope === "session" || isOfIdLength(scopeId), {
    path: ["scopeId"],
    error: `must be at most ${MAX_ID_CHARACTERS} characters`,
  })
  .transform(({ limitUsd, limit, thresholds, ...budget }, context) => {
    const read = readLimit({ limitUsd, limit, unit: budget.unit });
    if ("limit" in read) return { ...budget, ...read, thresholdsPerMille: thresholds };
    context.issues.push({
      code: "custom",
      message: read.problem,
      path: [read.field],
      input: limit,
    });
    return z.NEVER;
  });

export type SetBudgetRequest = z.output<typeof setBudgetRequest>;

export interface SetBudgetResponse {
  /** "user:alice:usd:month" */
  readonly budgetId: string;
  /** ISO instant by which every instance knows of it. */
  readonly effectiveBy: string;
}

/** `deleteBudget`: ends the budget; its windows stay until their time is over. */
export const deleteBudgetRequest = z.strictObject({ budgetId: documentId });
export type DeleteBudgetRequest = z.output<typeof deleteBudgetRequest>;
export type DeleteBudgetResponse = SetBudgetResponse;

/** `listBudgets`: admins see all, users those that apply to themselves. */
export const listBudgetsRequest = z.strictObject({
  scope: z.enum(BUDGET_SCOPES).optional(),
  ...pageFields,
});
export type ListBudgetsRequest = z.output<typeof listBudgetsRequest>;

/** A budget with its window of now; amounts in the unit's integer (nanoUSD for `usd`). */
export interface BudgetItem {
  readonly budgetId: string;
  readonly name: string | null;
  readonly scope: BudgetScope;
  /** "*" is the default for everyone of the scope. */
  readonly scopeId: string;
  readonly unit: BudgetUnit;
  readonly window: Window;
  readonly limit: number;
  /** Shares of the limit, ascending: 0.8 is 80 %. */
  readonly thresholds: readonly number[];
  readonly enforcement: Enforcement;
  readonly onStoreError: "deny" | "allow";
  readonly onUnknownPrice: "deny" | "allow";
  readonly downgradeTo: string | null;
  /** ISO instant at which it was made or its enforcement changed. */
  readonly since: string;
  /** null where the budget is a default and nobody's window in particular is meant. */
  readonly current: BudgetWindowItem | null;
}

export interface BudgetWindowItem {
  readonly period: string;
  readonly spent: number;
  readonly held: number;
  readonly left: number;
  readonly resetsAt: string | null;
}

export type ListBudgetsResponse = Page<BudgetItem>;

type ReadLimit = { readonly limit: number } | { readonly field: string; readonly problem: string };

function readLimit({
  limitUsd,
  limit,
  unit,
}: Pick<BudgetFields, "limitUsd" | "limit" | "unit">): ReadLimit {
  if (limitUsd !== undefined && limit !== undefined) {
    return { field: "limit", problem: "must not be given together with limitUsd" };
  }
  if (limit !== undefined) return unit === "usd" ? withinMillion("limit", limit) : { limit };
  if (unit !== "usd") {
    return limitUsd === undefined
      ? { field: "limit", problem: "is required" }
      : { field: "limitUsd", problem: `is for budgets in usd; ${unit} take limit` };
  }
  if (limitUsd === undefined)
    return { field: "limitUsd", problem: "is required (or limit, in nanoUSD)" };
  return withinMillion("limitUsd", nanoFromUsd(limitUsd));
}

function withinMillion(field: string, nanoUsd: number | undefined): ReadLimit {
  if (nanoUsd === undefined) {
    return { field, problem: 'must be a decimal such as "12.50", with at most 9 decimals' };
  }
  if (nanoUsd <= 0) return { field, problem: "must be more than 0" };
  if (nanoUsd > MAX_LIMIT_NANO_USD) return { field, problem: "must be at most 1 000 000 USD" };
  return { limit: nanoUsd };
}

function isOfIdLength(text: string): boolean {
  return [...text].length <= MAX_ID_CHARACTERS;
}

function perMille(share: number): number {
  return Math.round(share * PER_MILLE);
}

/** 0.8 -> 800; 0.0005 has no whole per mille. */
function isWholePerMille(share: number): boolean {
  return perMille(share) > 0 && perMille(share) / PER_MILLE === share;
}
