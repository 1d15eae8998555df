import { z } from "zod";
import type { Window } from "../core/period.ts";
import type { BudgetScope, BudgetUnit, Enforcement } from "./budgets.ts";
import { type Page, pageFields } from "./page.ts";
import { documentId, id } from "./text.ts";

/** `listAlerts`: newest first; users see their own. */
export const listAlertsRequest = z.strictObject({
  userId: id.optional(),
  acknowledged: z.boolean().optional(),
  ...pageFields,
});
export type ListAlertsRequest = z.output<typeof listAlertsRequest>;

export type AlertItem = BudgetAlertItem | UnpricedModelAlertItem;

/** One per model and day: calls were booked without a cost, for the model has no price. */
export interface UnpricedModelAlertItem extends AlertState {
  readonly type: "unpriced_model";
  readonly severity: "warning";
  /** null: it is the administrators' affair. */
  readonly userId: string | null;
  readonly provider: string;
  /** "openai/gpt-9" */
  readonly model: string;
  readonly day: string;
  /** Those that were seen when the alert was made. */
  readonly calls: number;
  readonly tokens: number;
  /** A sentence that says it all. */
  readonly message: string;
}

interface AlertState {
  readonly alertId: string;
  /** ISO instants. */
  readonly createdAt: string;
  readonly publishedAt: string | null;
  readonly acknowledgedBy: string | null;
  readonly acknowledgedAt: string | null;
}

/** One alert per threshold, window and limit; amounts in the unit's integer (nanoUSD for `usd`). */
export interface BudgetAlertItem extends AlertState {
  /** budget_threshold: below the limit; budget_exceeded: at or above it. */
  readonly type: "budget_threshold" | "budget_exceeded";
  readonly severity: "warning" | "critical";
  readonly budgetId: string;
  readonly budgetName: string | null;
  readonly scope: BudgetScope;
  readonly scopeId: string;
  /** Whose window it is; null for those that people share. */
  readonly userId: string | null;
  readonly unit: BudgetUnit;
  readonly window: Window;
  readonly period: string;
  /** Share of the limit that was reached: 0.8 is 80 %. */
  readonly threshold: number;
  /** As they stood at that instant, like all amounts here. */
  readonly spent: number;
  readonly held: number;
  readonly limit: number;
  readonly left: number;
  readonly percentUsed: number;
  readonly resetsAt: string | null;
  readonly enforcement: Enforcement;
}

export type ListAlertsResponse = Page<AlertItem>;

/** `acknowledgeAlert`; a second time changes nothing. */
export const acknowledgeAlertRequest = z.strictObject({ alertId: documentId });
export type AcknowledgeAlertRequest = z.output<typeof acknowledgeAlertRequest>;

export interface AcknowledgeAlertResponse {
  readonly alertId: string;
  /** The uid of who was first. */
  readonly acknowledgedBy: string;
  /** ISO instant of the first time. */
  readonly acknowledgedAt: string;
}
