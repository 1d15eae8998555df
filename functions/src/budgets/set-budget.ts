import { invalidField, TollgateError } from "../core/errors.ts";
import { decodeKey } from "../core/ids.ts";
import type { Window } from "../core/period.ts";
import {
  type Budget,
  type BudgetScope,
  type BudgetUnit,
  budgetIdOf,
  type Enforcement,
  EVERYONE,
  scopeKeyOf,
} from "./budget.ts";
import type { BudgetStore } from "./port.ts";

export interface BudgetSetting {
  readonly name: string | null;
  readonly scope: BudgetScope;
  readonly scopeId: string;
  readonly unit: BudgetUnit;
  readonly window: Window;
  /** In the unit's integer. */
  readonly limit: number;
  readonly thresholdsPerMille: readonly number[];
  readonly enforcement: Enforcement;
  readonly onStoreError: "deny" | "allow";
  readonly onUnknownPrice: "deny" | "allow";
  readonly downgradeTo: string | null;
}

/** Budgets that may be active at once: every call reads the list of them. */
export const MAX_ACTIVE_BUDGETS = 5_000;

/**
 * Makes or changes a budget. Its limit may change at any time; `since` moves only when it is made anew or its
 * enforcement changes.
 * @throws INVALID_FIELD for what this version cannot hold: a budget that is accepted is a budget that works
 */
export async function setBudget(
  store: BudgetStore,
  setting: BudgetSetting,
  projectId: string,
  now: Date,
): Promise<Budget> {
  assertSupported(setting, projectId);
  const scopeKey = scopeKeyOf(setting.scope, setting.scopeId);
  const budgetId = budgetIdOf(setting.scope, scopeKey, setting.unit, setting.window);
  if (
    (await store.listActive()).filter((b) => b.budgetId !== budgetId).length >= MAX_ACTIVE_BUDGETS
  ) {
    throw invalidField("data", `there are ${MAX_ACTIVE_BUDGETS} budgets already; delete one first`);
  }
  const stored = await store.change(budgetId, (before) => ({
    ...setting,
    budgetId,
    scopeKey,
    userId: ownerOf(setting),
    since:
      before && before.endedAt === null && before.enforcement === setting.enforcement
        ? before.since
        : now,
    updatedAt: now,
    endedAt: null,
  }));
  return stored as Budget;
}

/** Ends a budget; its windows live on, and holds that name them settle as they were admitted. */
export async function deleteBudget(store: BudgetStore, budgetId: string, now: Date): Promise<void> {
  const ended = await store.change(budgetId, (before) => {
    const isOwnWork = before?.endedAt?.getTime() === now.getTime();
    const isActive = before?.endedAt === null;
    return before && (isActive || isOwnWork)
      ? { ...before, endedAt: now, updatedAt: now }
      : undefined;
  });
  if (!ended) throw new TollgateError("NOT_FOUND", `there is no budget ${budgetId}`, { budgetId });
}

function assertSupported(setting: BudgetSetting, projectId: string): void {
  if (setting.downgradeTo !== null) {
    throw invalidField("downgradeTo", "is not available in this version");
  }
  if (setting.scope === "project" && ![EVERYONE, projectId].includes(setting.scopeId)) {
    throw invalidField("scopeId", `must be "${projectId}" or "*" for the scope project`);
  }
  if (
    setting.scope === "session" &&
    setting.scopeId !== EVERYONE &&
    !sessionOwner(setting.scopeId)
  ) {
    throw invalidField(
      "scopeId",
      "must be {uid}_{sessionId} for the scope session, each part percent-encoded",
    );
  }
}

function ownerOf({ scope, scopeId }: BudgetSetting): string | null {
  if (scopeId === EVERYONE) return null;
  if (scope === "user") return scopeId;
  return scope === "session" ? (sessionOwner(scopeId) ?? null) : null;
}

/** The uid in "{uid}_{session}"; undefined when the parts are not as `encodeKey` makes them. */
function sessionOwner(scopeId: string): string | undefined {
  const part = "(?:[A-Za-z0-9-]|%[0-9A-F]{2})+";
  const match = new RegExp(`^(${part})_${part}$`).exec(scopeId);
  try {
    return match?.[1] === undefined ? undefined : decodeKey(match[1]);
  } catch {
    return undefined; // percent signs that are no UTF-8
  }
}
