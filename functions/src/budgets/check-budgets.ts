import { periodOf } from "../core/period.ts";
import { alertIdsOf, alertsDue, type BudgetAlert, type BudgetWindow } from "./alert.ts";
import { type Budget, budgetIdOf, EVERYONE, scopeKeyOf } from "./budget.ts";
import type { AlertPublisher, BudgetStore } from "./port.ts";

/** Moves carry the clock of the instance that made them, and commits land late: look back by this much. */
const OVERLAP_MS = 10 * 60_000;
/** A first run looks at windows moved in the last day. */
const FIRST_LOOK_BACK_MS = 24 * 60 * 60_000;
const MAX_UNPUBLISHED = 500;

export interface CheckDeps {
  readonly store: BudgetStore;
  readonly publisher: AlertPublisher;
}

export interface CheckReport {
  readonly windows: number;
  readonly created: number;
  readonly published: number;
}

/** Looks at every window that moved since the last run, and at those of budgets that changed; publishes what is due. */
export async function checkBudgets(deps: CheckDeps, now: Date): Promise<CheckReport> {
  const { store } = deps;
  const until = await store.checkedUntil();
  const sinceMs = until ? until.getTime() - OVERLAP_MS : now.getTime() - FIRST_LOOK_BACK_MS;
  const budgets = await store.listActive();
  const seen = new Set<string>();
  let created = 0;
  const checkPage = async (page: readonly BudgetWindow[]) => {
    const fresh = page.filter(({ windowId }) => !seen.has(windowId));
    for (const { windowId } of fresh) seen.add(windowId);
    created += (await createDueAlerts(store, budgets, fresh, now)).length;
  };
  for await (const page of store.windowsMovedSince(new Date(sinceMs))) await checkPage(page);
  for (const budget of budgets.filter(({ updatedAt }) => updatedAt.getTime() >= sinceMs)) {
    const period = periodOf(budget.window, now.getTime());
    for await (const page of store.windowsOfBudget(budget, period)) await checkPage(page);
  }
  await store.setCheckedUntil(now);
  return { windows: seen.size, created, published: await publishPending(deps, now) };
}

/** The same for a few windows, right after they moved. */
export async function checkWindows(
  deps: CheckDeps,
  windowIds: readonly string[],
  now: Date,
): Promise<number> {
  if (windowIds.length === 0) return 0;
  const [budgets, windows] = await Promise.all([
    deps.store.listActive(),
    deps.store.windows(windowIds),
  ]);
  const present = windows.filter((window) => window !== undefined);
  const created = await createDueAlerts(deps.store, budgets, present, now);
  await publish(
    deps,
    created.filter(({ publishedAt }) => publishedAt === null),
    now,
  );
  return created.length;
}

/** Publishes what was created and never reached the topic. */
export async function publishPending(deps: CheckDeps, now: Date): Promise<number> {
  const pending = await deps.store.unpublishedAlerts(MAX_UNPUBLISHED);
  await publish(deps, pending, now);
  return pending.length;
}

async function createDueAlerts(
  store: BudgetStore,
  budgets: readonly Budget[],
  windows: readonly BudgetWindow[],
  now: Date,
): Promise<BudgetAlert[]> {
  const byId = new Map(budgets.map((budget) => [budget.budgetId, budget]));
  const pairs = windows.flatMap((window) => {
    const budget = budgetOf(window, byId);
    return budget ? [{ window, budget }] : [];
  });
  const existing = await store.existingAlerts(
    pairs.flatMap(({ budget, window }) => alertIdsOf(budget, window)),
  );
  const created: BudgetAlert[] = [];
  for (const alert of pairs.flatMap(({ budget, window }) =>
    alertsDue(budget, window, existing, now),
  )) {
    if (await store.createAlert(alert)) created.push(alert);
  }
  return created;
}

/** The budget that counts for a window now: its scope's own one, else everyone's default. */
function budgetOf(window: BudgetWindow, byId: ReadonlyMap<string, Budget>): Budget | undefined {
  const { scope, scopeId, unit, window: length } = window;
  const own = byId.get(budgetIdOf(scope, scopeKeyOf(scope, scopeId), unit, length));
  return own ?? byId.get(budgetIdOf(scope, EVERYONE, unit, length));
}

async function publish(deps: CheckDeps, alerts: readonly BudgetAlert[], now: Date): Promise<void> {
  for (const alert of alerts) {
    await deps.publisher.publish({ ...alert, publishedAt: now });
    await deps.store.markPublished(alert.alertId, now);
  }
}
