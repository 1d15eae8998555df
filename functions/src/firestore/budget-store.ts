import type { Firestore, Query } from "@google-cloud/firestore";
import type { AlertFilter, BudgetAlert, BudgetWindow } from "../budgets/alert.ts";
import { type Budget, EVERYONE, windowIdOf } from "../budgets/budget.ts";
import type { BudgetStore } from "../budgets/port.ts";
import { invalidField } from "../core/errors.ts";
import type { DocumentKey } from "../ledger/plan.ts";
import { applyPlan } from "./commit.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, refOf, snapshotOf } from "./documents.ts";
import { buildQuery, QUERIES } from "./queries.ts";

const PAGE_SIZE = 300;
const MAX_TRIES = 8;
const CHECK_STATE: DocumentKey = { collection: "care_state", id: "checkBudgets" };

export function firestoreBudgets(db: Firestore, deadlineMs: number): BudgetStore {
  const within = <T>(operation: Promise<T>) => withDeadline(operation, deadlineMs);
  const readAll = async (query: Query) => (await within(query.get())).docs.map(fieldsOf);
  const budgetRef = (budgetId: string) => refOf(db, { collection: "budgets", id: budgetId });
  const alertRef = (alertId: string) => refOf(db, { collection: "budget_alerts", id: alertId });

  return {
    async listActive() {
      return (await readAll(buildQuery(db, QUERIES.activeBudgets, [null]))) as unknown as Budget[];
    },

    async get(budgetId) {
      return snapshotOf(await within(budgetRef(budgetId).get()))?.fields as Budget | undefined;
    },

    async change(budgetId, change) {
      const doc: DocumentKey = { collection: "budgets", id: budgetId };
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const before = snapshotOf(await within(refOf(db, doc).get()));
        const after = change(before?.fields as Budget | undefined);
        if (!after) return undefined;
        const fields = { ...after };
        const outcome = await applyPlan(
          db,
          [
            before
              ? { kind: "update", doc, fields, version: before.version }
              : { kind: "create", doc, fields },
          ],
          deadlineMs,
        );
        if (outcome.status === "done") return after;
        if (outcome.status === "unclear" || outcome.why === "invalid") throw outcome.cause;
      }
      throw new Error(`budget ${budgetId} is being changed by others`);
    },

    async windows(windowIds) {
      if (windowIds.length === 0) return [];
      const refs = windowIds.map((id) => refOf(db, { collection: "budget_windows", id }));
      return (await within(db.getAll(...refs))).map((found) =>
        windowOf(found.id, snapshotOf(found)?.fields),
      );
    },

    windowsMovedSince: (since) =>
      windowPages(buildQuery(db, QUERIES.windowsMoved, [since]), within),

    windowsOfBudget(budget, period) {
      if (budget.scopeKey !== EVERYONE) {
        return onePage(this.windows([windowIdOf(budget, budget.scopeKey, period)]));
      }
      const { scope, unit, window } = budget;
      return windowPages(
        buildQuery(db, QUERIES.windowsOfBudget, [scope, unit, window, period]),
        within,
      );
    },

    async existingAlerts(alertIds) {
      const existing = new Set<string>();
      for (let at = 0; at < alertIds.length; at += PAGE_SIZE) {
        const refs = alertIds.slice(at, at + PAGE_SIZE).map(alertRef);
        const found = await within(db.getAll(...refs, { fieldMask: ["alertId"] }));
        for (const alert of found) if (alert.exists) existing.add(alert.id);
      }
      return existing;
    },

    async createAlert(alert) {
      const doc: DocumentKey = { collection: "budget_alerts", id: alert.alertId };
      const outcome = await applyPlan(
        db,
        [{ kind: "create", doc, fields: { ...alert } }],
        deadlineMs,
      );
      if (outcome.status === "done") return true;
      if (outcome.status === "refused" && outcome.why === "exists") return false;
      throw outcome.cause;
    },

    async unpublishedAlerts(limit) {
      const query = buildQuery(db, QUERIES.unpublishedAlerts, [null]).limit(limit);
      return (await readAll(query)) as unknown as BudgetAlert[];
    },

    async markPublished(alertId, at) {
      await within(alertRef(alertId).update({ publishedAt: at }));
    },

    listAlerts: (filter) => listAlerts(db, filter, within),

    async acknowledge(alertId, by, at) {
      const found = snapshotOf(await within(alertRef(alertId).get()));
      if (!found) return undefined;
      const alert = found.fields as unknown as BudgetAlert;
      if (alert.acknowledgedAt !== null) return alert;
      await within(alertRef(alertId).update({ acknowledgedBy: by, acknowledgedAt: at }));
      return { ...alert, acknowledgedBy: by, acknowledgedAt: at };
    },

    async checkedUntil() {
      return snapshotOf(await within(refOf(db, CHECK_STATE).get()))?.fields.checkedUntil as
        | Date
        | undefined;
    },

    async setCheckedUntil(at) {
      await within(refOf(db, CHECK_STATE).set({ checkedUntil: at }));
    },
  };
}

type Within = <T>(operation: Promise<T>) => Promise<T>;

async function* windowPages(query: Query, within: Within): AsyncGenerator<readonly BudgetWindow[]> {
  let next = query.limit(PAGE_SIZE);
  for (;;) {
    const { docs } = await within(next.get());
    yield docs.flatMap((doc) => windowOf(doc.id, fieldsOf(doc)) ?? []);
    const last = docs.at(-1);
    if (!last || docs.length < PAGE_SIZE) return;
    next = query.startAfter(last).limit(PAGE_SIZE);
  }
}

async function* onePage(
  windows: Promise<(BudgetWindow | undefined)[]>,
): AsyncGenerator<readonly BudgetWindow[]> {
  yield (await windows).filter((window) => window !== undefined);
}

function windowOf(windowId: string, fields: object | undefined): BudgetWindow | undefined {
  return fields && ({ spent: 0, held: 0, ...fields, windowId } as BudgetWindow);
}

/** A page's cursor is the id of its last alert. */
async function listAlerts(db: Firestore, filter: AlertFilter, within: Within) {
  const { userId, state, limit, cursor } = filter;
  const [spec, values] = alertQuery(userId, state);
  let query = buildQuery(db, spec, values).limit(limit + 1);
  if (cursor !== undefined) query = query.startAfter(await alertAt(db, cursor, within));
  const found = (await within(query.get())).docs;
  const items = found.slice(0, limit).map((doc) => fieldsOf(doc) as unknown as BudgetAlert);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.alertId ?? null) : null };
}

async function alertAt(db: Firestore, alertId: string, within: Within) {
  if (alertId.includes("/")) throw invalidField("cursor", "is not one that a list gave");
  const found = await within(refOf(db, { collection: "budget_alerts", id: alertId }).get());
  if (!found.exists) throw invalidField("cursor", "is not one that a list gave");
  return found;
}

function alertQuery(userId: string | undefined, state: AlertFilter["state"]) {
  if (state === "open") {
    return userId === undefined
      ? ([QUERIES.openAlerts, [null]] as const)
      : ([QUERIES.openAlertsOfUser, [userId, null]] as const);
  }
  if (state === "acknowledged") {
    return userId === undefined
      ? ([QUERIES.acknowledgedAlerts, [new Date(0)]] as const)
      : ([QUERIES.acknowledgedAlertsOfUser, [userId, new Date(0)]] as const);
  }
  return userId === undefined
    ? ([QUERIES.alerts, []] as const)
    : ([QUERIES.alertsOfUser, [userId]] as const);
}
