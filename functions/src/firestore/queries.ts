import type { Firestore, Query, WhereFilterOp } from "@google-cloud/firestore";

/**
 * Every query that the code can make, as data. The emulator asks for no composite index, so a test compares this
 * list with firestore.indexes.json; a query that is not in the list cannot be made.
 */
export interface QuerySpec {
  readonly collection: string;
  /** In the order in which their values are given. */
  readonly where: readonly (readonly [
    field: string,
    op: Extract<WhereFilterOp, "==" | ">=" | "<" | "<=" | "in">,
  ])[];
  readonly orderBy: readonly (readonly [field: string, direction: "asc" | "desc"])[];
  /** Fields that are summed by the store; every document has them. */
  readonly sums?: readonly string[];
}

function spec(
  collection: string,
  where: QuerySpec["where"],
  orderBy: QuerySpec["orderBy"] = [],
): QuerySpec {
  return { collection, where, orderBy };
}

/** Newest first: by the day that an entry is booked in, so that whole days hold what their aggregates hold. */
function entriesBy(...equal: readonly string[]): QuerySpec {
  return spec(
    "usage_tracking",
    equal.map((field) => [field, "=="] as const),
    NEWEST_FIRST,
  );
}

/** Fields that every entry has: Firestore leaves out documents that lack one of the fields that it sums. */
export const SUMMED = ["costNanoUsd", "inputCostNanoUsd", "inputTokens", "totalTokens"] as const;

/** Calls apart from corrections, for their number is a sum too. */
function sumsBy(...lead: readonly QuerySpec["where"][number][]): QuerySpec {
  const where = [...lead, ["kind", "=="], ["day", ">="], ["day", "<"]] as const;
  return { ...spec("usage_tracking", where), sums: SUMMED };
}

const NEWEST_FIRST = [
  ["day", "desc"],
  ["startedAt", "desc"],
] as const;

export const QUERIES = {
  activeBudgets: spec("budgets", [["endedAt", "=="]]),
  oldOutbox: spec("usage_outbox", [["createdAt", "<"]], [["createdAt", "asc"]]),
  expiredHolds: spec("usage_holds", [["expiresAt", "<"]], [["expiresAt", "asc"]]),
  windowsMoved: spec("budget_windows", [["updatedAt", ">="]], [["updatedAt", "asc"]]),
  windowsOfBudget: spec("budget_windows", [
    ["scope", "=="],
    ["unit", "=="],
    ["window", "=="],
    ["period", "=="],
  ]),
  unpublishedAlerts: spec("budget_alerts", [["publishedAt", "=="]], [["createdAt", "asc"]]),
  openAlerts: spec("budget_alerts", [["acknowledgedAt", "=="]], [["createdAt", "desc"]]),
  openAlertsOfUser: spec(
    "budget_alerts",
    [
      ["userId", "=="],
      ["acknowledgedAt", "=="],
    ],
    [["createdAt", "desc"]],
  ),
  acknowledgedAlerts: spec(
    "budget_alerts",
    [["acknowledgedAt", ">="]],
    [["acknowledgedAt", "desc"]],
  ),
  acknowledgedAlertsOfUser: spec(
    "budget_alerts",
    [
      ["userId", "=="],
      ["acknowledgedAt", ">="],
    ],
    [["acknowledgedAt", "desc"]],
  ),
  alerts: spec("budget_alerts", [], [["createdAt", "desc"]]),
  alertsOfUser: spec("budget_alerts", [["userId", "=="]], [["createdAt", "desc"]]),
  entriesOfUser: entriesBy("userId"),
  entriesOfSession: entriesBy("userId", "sessionId"),
  entriesOfKey: entriesBy("apiKeyId"),
  entriesOfAgent: entriesBy("agent"),
  entriesOfDepartment: entriesBy("department"),
  entriesOfOrg: entriesBy("orgId"),
  entriesOfShards: spec("usage_tracking", [["shard", "in"]], NEWEST_FIRST),
  entriesOfModel: spec(
    "usage_tracking",
    [
      ["shard", "in"],
      ["model", "=="],
    ],
    [["startedAt", "asc"]],
  ),
  unpricedEntries: spec(
    "usage_tracking",
    [
      ["shard", "in"],
      ["unpricedAt", ">="],
    ],
    [["unpricedAt", "asc"]],
  ),
  daysOfEveryone: spec(
    "usage_daily",
    [
      ["day", ">="],
      ["day", "<"],
    ],
    [["day", "asc"]],
  ),
  monthsByCost: spec("usage_monthly", [["month", "=="]], [["totals.costNanoUsd", "desc"]]),
  pendingOutbox: spec("usage_outbox", []),
  ownPrices: spec("model_prices", []),
  openHolds: spec("usage_holds", []),
  sumsOfUser: sumsBy(["userId", "=="]),
  sumsOfSession: sumsBy(["userId", "=="], ["sessionId", "=="]),
  sumsOfKey: sumsBy(["apiKeyId", "=="]),
  sumsOfAgent: sumsBy(["agent", "=="]),
  sumsOfDepartment: sumsBy(["department", "=="]),
  sumsOfOrg: sumsBy(["orgId", "=="]),
  sumsOfShards: sumsBy(["shard", "in"]),
  monthsMoved: spec("usage_monthly", [["updatedAt", ">="]], [["updatedAt", "asc"]]),
  sessionsMoved: spec("usage_sessions", [["updatedAt", ">="]], [["updatedAt", "asc"]]),
  daysMoved: spec("usage_daily", [["updatedAt", ">="]], [["updatedAt", "asc"]]),
  repairsOf: spec("usage_repairs", [["aggregate", "=="]], [["seq", "desc"]]),
} as const satisfies Record<string, QuerySpec>;

/** Fills a spec with values, in the order of its filters. */
export function buildQuery(
  db: Firestore,
  { collection, where, orderBy }: QuerySpec,
  values: readonly unknown[],
): Query {
  if (values.length !== where.length)
    throw new RangeError(`${collection}: ${where.length} values expected`);
  const filtered = where.reduce<Query>(
    (query, [field, op], index) => query.where(field, op, values[index]),
    db.collection(collection),
  );
  return orderBy.reduce<Query>(
    (query, [field, direction]) => query.orderBy(field, direction),
    filtered,
  );
}
