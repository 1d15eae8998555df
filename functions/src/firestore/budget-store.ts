import type { DocumentData, DocumentReference, Firestore, Query } from "@google-cloud/firestore";
import type { BudgetWindow } from "../budgets/alert.ts";
import { type Budget, EVERYONE, windowIdOf } from "../budgets/budget.ts";
import type { BudgetStore } from "../budgets/port.ts";
import type { DocumentKey, Fields } from "../ledger/plan.ts";
import { alertDocuments } from "./alert-documents.ts";
import { changeDocument } from "./change.ts";
import { withDeadline } from "./deadline.ts";
import { fieldsOf, refOf, snapshotOf } from "./documents.ts";
import { buildQuery, QUERIES } from "./queries.ts";
import { rethrowStoreError } from "./unavailable.ts";

const PAGE_SIZE = 300;
const CHECK_STATE: DocumentKey = { collection: "care_state", id: "checkBudgets" };

/** Every method @throws TollgateError STORE_UNAVAILABLE when Firestore does not answer in time */
export function firestoreBudgets(db: Firestore, deadlineMs: number): BudgetStore {
  const within: Within = (operation) =>
    withDeadline(operation, deadlineMs).catch(rethrowStoreError);
  const readAll = async (refs: readonly DocumentReference<DocumentData>[]) => {
    const found: (Fields | undefined)[] = [];
    for (let at = 0; at < refs.length; at += PAGE_SIZE) {
      const page = await within(db.getAll(...refs.slice(at, at + PAGE_SIZE)));
      found.push(...page.map((document) => snapshotOf(document)?.fields));
    }
    return found;
  };

  return {
    ...alertDocuments(db, deadlineMs),

    async listActive() {
      const { docs } = await within(buildQuery(db, QUERIES.activeBudgets, [null]).get());
      return docs.map((doc) => fieldsOf(doc) as unknown as Budget);
    },

    async change(budgetId, change) {
      const fields = await changeDocument(
        db,
        { collection: "budgets", id: budgetId },
        (before) => fieldsOrNothing(change(before as Budget | undefined)),
        deadlineMs,
      );
      return fields as Budget | undefined;
    },

    async windows(windowIds) {
      const refs = windowIds.map((id) => refOf(db, { collection: "budget_windows", id }));
      const found = await readAll(refs);
      return found.map((fields, index) => windowOf(windowIds[index] as string, fields));
    },

    async changeWindow(windowId, change, now) {
      const fields = await changeDocument(
        db,
        { collection: "budget_windows", id: windowId },
        (before) => {
          const after = change(windowOf(windowId, before));
          if (!after) return undefined;
          const { windowId: _, ...stored } = after;
          return { ...stored, updatedAt: now };
        },
        deadlineMs,
      );
      return windowOf(windowId, fields);
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

    async checkedUntil() {
      const found = snapshotOf(await within(refOf(db, CHECK_STATE).get()));
      return found?.fields.checkedUntil as Date | undefined;
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

function fieldsOrNothing(budget: Budget | undefined): Fields | undefined {
  return budget && { ...budget };
}
