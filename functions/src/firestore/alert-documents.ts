import type { Firestore } from "@google-cloud/firestore";
import type { Alert, AlertFilter, AlertPage } from "../budgets/alert.ts";
import type { BudgetStore } from "../budgets/port.ts";
import { invalidField } from "../core/errors.ts";
import type { DocumentKey } from "../ledger/plan.ts";
import { applyPlan } from "./commit.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, refOf, snapshotOf } from "./documents.ts";
import { buildQuery, QUERIES } from "./queries.ts";
import { rethrowStoreError } from "./unavailable.ts";

const PAGE_SIZE = 300;

type AlertMethods = Pick<
  BudgetStore,
  | "existingAlerts"
  | "createAlert"
  | "unpublishedAlerts"
  | "markPublished"
  | "listAlerts"
  | "acknowledge"
>;

/** The part of the budget store that keeps alerts. */
export function alertDocuments(db: Firestore, deadlineMs: number): AlertMethods {
  const within = <T>(operation: Promise<T>) =>
    withDeadline(operation, deadlineMs).catch(rethrowStoreError);
  const alertRef = (alertId: string) => refOf(db, keyOf(alertId));

  return {
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
      const fields = { ...alert };
      const outcome = await applyPlan(
        db,
        [{ kind: "create", doc: keyOf(alert.alertId), fields }],
        deadlineMs,
      );
      if (outcome.status === "done") return true;
      if (outcome.status === "refused" && outcome.why === "exists") return false;
      return rethrowStoreError(outcome.cause);
    },

    async unpublishedAlerts(limit) {
      const query = buildQuery(db, QUERIES.unpublishedAlerts, [null]).limit(limit);
      const { docs } = await within(query.get());
      return docs.map((doc) => fieldsOf(doc) as unknown as Alert);
    },

    async markPublished(alertId, at) {
      await within(alertRef(alertId).update({ publishedAt: at }));
    },

    listAlerts: (filter) => listAlerts(db, filter, within),

    async acknowledge(alertId, by, at) {
      const found = snapshotOf(await within(alertRef(alertId).get()));
      if (!found) return undefined;
      const alert = found.fields as unknown as Alert;
      if (alert.acknowledgedAt !== null) return alert;
      await within(alertRef(alertId).update({ acknowledgedBy: by, acknowledgedAt: at }));
      return { ...alert, acknowledgedBy: by, acknowledgedAt: at };
    },
  };
}

type Within = <T>(operation: Promise<T>) => Promise<T>;

function keyOf(alertId: string): DocumentKey {
  return { collection: "budget_alerts", id: alertId };
}

/** A page's cursor is the id of its last alert. */
async function listAlerts(db: Firestore, filter: AlertFilter, within: Within): Promise<AlertPage> {
  const { userId, state, limit, cursor } = filter;
  const [spec, values] = alertQuery(userId, state);
  let query = buildQuery(db, spec, values).limit(limit + 1);
  if (cursor !== undefined) query = query.startAfter(await alertAt(db, cursor, within));
  const found = (await within(query.get())).docs;
  const items = found.slice(0, limit).map((doc) => fieldsOf(doc) as unknown as Alert);
  return { items, nextCursor: found.length > limit ? (items.at(-1)?.alertId ?? null) : null };
}

async function alertAt(db: Firestore, alertId: string, within: Within) {
  const isId = alertId !== "" && !alertId.includes("/");
  const found = isId ? await within(refOf(db, keyOf(alertId)).get()) : undefined;
  if (!found?.exists) throw invalidField("cursor", "is not one that a list gave");
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
