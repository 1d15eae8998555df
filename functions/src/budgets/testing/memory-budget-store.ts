import type { DocumentKey, Fields } from "../../ledger/plan.ts";
import { MemoryDocuments } from "../../ledger/testing/memory-documents.ts";
import type { Alert, BudgetWindow } from "../alert.ts";
import { type Budget, EVERYONE } from "../budget.ts";
import type { BudgetStore } from "../port.ts";

export interface MemoryBudgetOptions {
  readonly documents?: MemoryDocuments;
  /** Waits until its turn has come; at once unless told otherwise. */
  readonly turn?: () => Promise<void>;
  readonly pageSize?: number;
}

/** The budgets' store in memory, over the same documents as the ledger's. */
export function memoryBudgets(options: MemoryBudgetOptions = {}): BudgetStore & {
  readonly documents: MemoryDocuments;
} {
  const { documents = new MemoryDocuments(), turn = async () => {}, pageSize = 2 } = options;
  const all = <T>(collection: DocumentKey["collection"]) =>
    documents.list(collection).map(({ id, snapshot }) => [id, snapshot.fields as T] as const);
  const alerts = () => all<Alert>("budget_alerts").map(([, alert]) => alert);
  const alertOf = (id: string) =>
    documents.get({ collection: "budget_alerts", id })?.fields as Alert | undefined;

  return {
    documents,

    async listActive() {
      await turn();
      return all<Budget>("budgets").flatMap(([, budget]) =>
        budget.endedAt === null ? [budget] : [],
      );
    },

    async change(id, change) {
      const doc: DocumentKey = { collection: "budgets", id };
      return compareAndSet(documents, turn, doc, (before) => {
        const after = change(before as Budget | undefined);
        return after && { ...after };
      }) as Promise<Budget | undefined>;
    },

    async windows(ids) {
      await turn();
      return ids.map((id) =>
        windowOf(id, documents.get({ collection: "budget_windows", id })?.fields),
      );
    },

    async changeWindow(id, change, now) {
      const doc: DocumentKey = { collection: "budget_windows", id };
      const fields = await compareAndSet(documents, turn, doc, (before) => {
        const after = change(windowOf(id, before));
        if (!after) return undefined;
        const { windowId, ...stored } = after;
        return { ...stored, updatedAt: now };
      });
      return windowOf(id, fields);
    },

    async *windowsMovedSince(since) {
      await turn();
      const moved = all<BudgetWindow & { readonly updatedAt: Date }>("budget_windows")
        .filter(([, { updatedAt }]) => updatedAt >= since)
        .sort(([, a], [, b]) => a.updatedAt.getTime() - b.updatedAt.getTime());
      for (let at = 0; at < moved.length; at += pageSize) {
        await turn();
        yield moved.slice(at, at + pageSize).flatMap(([id, fields]) => windowOf(id, fields) ?? []);
      }
    },

    async *windowsOfBudget(budget, period) {
      await turn();
      yield all<BudgetWindow>("budget_windows")
        .filter(
          ([, w]) =>
            w.scope === budget.scope &&
            w.unit === budget.unit &&
            w.window === budget.window &&
            w.period === period &&
            (budget.scopeId === EVERYONE || w.scopeId === budget.scopeId),
        )
        .flatMap(([id, fields]) => windowOf(id, fields) ?? []);
    },

    async existingAlerts(ids) {
      await turn();
      return new Set(ids.filter((id) => alertOf(id) !== undefined));
    },

    async createAlert(alert) {
      await turn();
      const doc: DocumentKey = { collection: "budget_alerts", id: alert.alertId };
      return documents.apply([{ kind: "create", doc, fields: { ...alert } }]).status === "done";
    },

    async unpublishedAlerts(limit) {
      await turn();
      return alerts()
        .filter(({ publishedAt }) => publishedAt === null)
        .slice(0, limit);
    },

    async markPublished(id, publishedAt) {
      await turn();
      merge(documents, { collection: "budget_alerts", id }, { publishedAt });
    },

    async listAlerts({ userId, limit }) {
      const items = alerts().filter((alert) => userId === undefined || alert.userId === userId);
      return { items: items.slice(0, limit), nextCursor: null };
    },

    async acknowledge(id, acknowledgedBy, acknowledgedAt) {
      if (!alertOf(id)) return undefined;
      merge(documents, { collection: "budget_alerts", id }, { acknowledgedBy, acknowledgedAt });
      return alertOf(id);
    },

    async checkedUntil() {
      const doc: DocumentKey = { collection: "care_state", id: "checkBudgets" };
      return documents.get(doc)?.fields.checkedUntil as Date | undefined;
    },

    async setCheckedUntil(checkedUntil) {
      merge(documents, { collection: "care_state", id: "checkBudgets" }, { checkedUntil });
    },
  };
}

async function compareAndSet(
  documents: MemoryDocuments,
  turn: () => Promise<void>,
  doc: DocumentKey,
  change: (before: Fields | undefined) => Fields | undefined,
): Promise<Fields | undefined> {
  for (let tries = 0; tries < 20; tries += 1) {
    await turn();
    const before = documents.get(doc);
    const after = change(before?.fields);
    if (!after) return undefined;
    await turn();
    const applied = documents.apply([
      before
        ? { kind: "update", doc, fields: after, version: before.version }
        : { kind: "create", doc, fields: after },
    ]);
    if (applied.status === "done") return after;
  }
  throw new Error(`${doc.id} is being changed by others`);
}

function merge(documents: MemoryDocuments, doc: DocumentKey, set: Fields): void {
  documents.apply([{ kind: "add", doc, set, add: {} }]);
}

function windowOf(windowId: string, fields: object | undefined): BudgetWindow | undefined {
  return fields && ({ spent: 0, held: 0, ...fields, windowId } as BudgetWindow);
}
