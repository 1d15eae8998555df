import type { QuerySpec } from "../../functions/src/firestore/queries.ts";

/** What pages ask Firestore themselves, under the rules: listeners and lists of the signed-in user. */
export const CLIENT_QUERIES: Readonly<Record<string, QuerySpec>> = {
  ownEntries: {
    collection: "usage_tracking",
    where: [["userId", "=="]],
    orderBy: [["startedAt", "desc"]],
  },
  ownOpenAlerts: {
    collection: "budget_alerts",
    where: [
      ["userId", "=="],
      ["acknowledgedAt", "=="],
    ],
    orderBy: [["createdAt", "desc"]],
  },
  ownBudgets: {
    collection: "budgets",
    where: [
      ["scope", "=="],
      ["scopeId", "=="],
    ],
    orderBy: [],
  },
};
