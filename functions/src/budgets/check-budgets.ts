import { periodOf } from "../core/period.ts";
import { alertIdsOf, alertsDue, type BudgetAlert, type BudgetWindow } from "./alert.ts";
import { type AlertDeps, publish, publishPending } from "./alerting.ts";
import { type Budget, budgetIdOf, EVERYONE, scopeKeyOf } from "./budget.ts";
import { type OpeningDeps, WindowOpener } from "./open-windows.ts";
import { createUnpricedAlerts, type UnpricedUse } from "./unpriced-alert.ts";

/** Moves carry the clock of the instance that made them, and commits land late: look back by this much. */
const OVERLAP_MS = 10 * 60_000;
/** A first run looks at windows moved in the last day. */
const FIRST_LOOK_BACK_MS = 24 * 60 * 60_000;

export interface CheckDeps extends AlertDeps, OpeningDeps {
  /** What was booked without a price since an instant, whole pages in turn. */
  unpriced(since: Date): AsyncIterable<readonly UnpricedUse[]>;
}

export interface CheckReport {
  readonly windows: number;
  readonly created: number;
  readonly published: number;
}

/**
 * Looks at every window that moved since the last run, and at those of budgets that changed; adds to windows what was
 * spent before their budget was known; alerts on models without a price that no trigger has alerted on; publishes what
 * is due.
 */
export async function checkBudgets(deps: CheckDeps, now: Date): Promise<CheckReport> {
  const { store } = deps;
  const sinceMs = lookFrom(await store.checkedUntil(), now.getTime());
  const budgets = await store.listActive();
  const byId = new Map(budgets.map((budget) => [budget.budgetId, budget]));
  const opener = new WindowOpener(deps, now);
  await opener.openNamed(budgets);
  const seen = new Set<string>();
  let created = 0;
  const checkPage = async (page: readonly BudgetWindow[]) => {
    const fresh = page.filter(({ windowId }) => !seen.has(windowId));
    const pairs: WindowOfBudget[] = [];
    for (const window of fresh) {
      seen.add(window.windowId);
      const budget = budgetOf(window, byId);
      if (budget) pairs.push({ budget, window: await opener.opening(budget, window) });
    }
    created += (await createDueAlerts(deps, pairs, now)).length;
  };
  for await (const page of store.windowsMovedSince(new Date(sinceMs))) await checkPage(page);
  for (const budget of budgets.filter(({ updatedAt }) => updatedAt.getTime() >= sinceMs)) {
    const period = periodOf(budget.window, now.getTime());
    for await (const page of store.windowsOfBudget(budget, period)) await checkPage(page);
  }
  const unpriced = await checkUnpriced(deps, new Date(sinceMs), now);
  created += unpriced.created;
  if (!opener.isCut && unpriced.isWhole) await store.setCheckedUntil(now);
  return { windows: seen.size, created, published: await publishPending(deps, now) };
}

/** A run whose clock was ahead must not hide from the next ones what moved since. */
function lookFrom(until: Date | undefined, nowMs: number): number {
  return until ? Math.min(until.getTime(), nowMs) - OVERLAP_MS : nowMs - FIRST_LOOK_BACK_MS;
}

/** A failure here is looked at again by the next run, and stops nothing else. */
async function checkUnpriced(
  deps: CheckDeps,
  since: Date,
  now: Date,
): Promise<{ created: number; isWhole: boolean }> {
  let created = 0;
  try {
    for await (const page of deps.unpriced(since))
      created += (await createUnpricedAlerts(deps, page, now)).length;
    return { created, isWhole: true };
  } catch (cause) {
    deps.reportFailure("alert", "unpriced_model", cause);
    return { created, isWhole: false };
  }
}

export interface WindowCheckDeps extends AlertDeps {
  /** Budgets that have not ended, as calls know them; a change is seen within their cache's time. */
  activeBudgets(): Promise<readonly Budget[]>;
}

/** The alerts of a few windows, right after they moved. */
export async function checkWindows(
  deps: WindowCheckDeps,
  windowIds: readonly string[],
  now: Date,
): Promise<number> {
  if (windowIds.length === 0) return 0;
  const found = await deps.store.windows(windowIds);
  const byId = new Map((await deps.activeBudgets()).map((budget) => [budget.budgetId, budget]));
  const pairs = found.flatMap((window) => {
    const budget = window && budgetOf(window, byId);
    return budget ? [{ budget, window }] : [];
  });
  const created = await createDueAlerts(deps, pairs, now);
  await publish(
    deps,
    created.filter(({ publishedAt }) => publishedAt === null),
    now,
  );
  return created.length;
}

interface WindowOfBudget {
  readonly window: BudgetWindow;
  readonly budget: Budget;
}

/** Alerts that are there already are asked for only where something is reached: most windows are far from it. */
async function createDueAlerts(
  deps: AlertDeps,
  pairs: readonly WindowOfBudget[],
  now: Date,
): Promise<BudgetAlert[]> {
  const reached: WindowOfBudget[] = [];
  await forEach(deps, pairs, async (pair) => {
    if (alertsDue(pair.budget, pair.window, new Set(), now).length > 0) reached.push(pair);
  });
  if (reached.length === 0) return [];
  const existing = await deps.store.existingAlerts(
    reached.flatMap(({ budget, window }) => alertIdsOf(budget, window)),
  );
  const created: BudgetAlert[] = [];
  await forEach(deps, reached, async ({ budget, window }) => {
    for (const alert of alertsDue(budget, window, existing, now)) {
      if (await deps.store.createAlert(alert)) created.push(alert);
    }
  });
  return created;
}

async function forEach(
  deps: AlertDeps,
  pairs: readonly WindowOfBudget[],
  visit: (pair: WindowOfBudget) => Promise<void>,
): Promise<void> {
  for (const pair of pairs) {
    try {
      await visit(pair);
    } catch (cause) {
      deps.reportFailure("window", pair.window.windowId, cause);
    }
  }
}

/** The budget that counts for a window now: its scope's own one, else everyone's default. */
function budgetOf(window: BudgetWindow, byId: ReadonlyMap<string, Budget>): Budget | undefined {
  const { scope, scopeId, unit, window: length } = window;
  const own = byId.get(budgetIdOf(scope, scopeKeyOf(scope, scopeId), unit, length));
  return own ?? byId.get(budgetIdOf(scope, EVERYONE, unit, length));
}
