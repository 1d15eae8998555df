import { addExact } from "../core/money.ts";

/**
 * Plans, not writes: a use case is a pure function from what was read to a commit plan; the firestore room applies
 * plans. Every plan holds a precondition that its own success makes false, for the SDK may repeat a commit.
 */
export type Collection =
  | "usage_tracking"
  | "usage_holds"
  | "usage_outbox"
  | "usage_monthly"
  | "usage_sessions"
  | "usage_daily"
  | "usage_totals"
  | "budgets"
  | "budget_windows"
  | "budget_alerts"
  | "model_prices"
  | "usage_repairs"
  | "care_state";

export interface DocumentKey {
  readonly collection: Collection;
  readonly id: string;
}

/** Plain data; instants are Dates. */
export type Fields = Readonly<Record<string, unknown>>;

/** A tree of integers; its leaves are added to the fields of the same path. */
export interface Counters {
  readonly [key: string]: number | Counters;
}

/** The version of a document as it was read or written; opaque to all but the store. */
export type Version = string;

export type Write =
  /** Fails with "exists" when the document is there. */
  | { readonly kind: "create"; readonly doc: DocumentKey; readonly fields: Fields }
  /** Fails with "missing" when the document is gone, or "stale" when it is not at `version`. */
  | { readonly kind: "delete"; readonly doc: DocumentKey; readonly version?: Version }
  /** Writes nothing; fails with "exists" when the document is there. */
  | { readonly kind: "absent"; readonly doc: DocumentKey }
  /** Merges `set`, adds `add`, lowers `min` and raises `max`; only beside a guarded write. */
  | ({ readonly kind: "add"; readonly doc: DocumentKey } & Contribution)
  /** Compare and set: fails with "stale" when the document is not at `version`. `add` names fields at the top. */
  | {
      readonly kind: "update";
      readonly doc: DocumentKey;
      readonly fields: Fields;
      readonly add?: Readonly<Record<string, number>>;
      readonly version: Version;
    };

/** What is added to one document. */
export interface Contribution {
  readonly set: Fields;
  readonly add: Counters;
  readonly min?: Counters;
  readonly max?: Counters;
}

/**
 * done: landed; `versions` stand in the order of the writes.
 * refused: surely not landed by this try (an earlier try of the SDK's may have: read the document).
 * unclear: nobody knows yet; it cannot land any more once `ended` has resolved, which it does without ever rejecting.
 */
export type CommitOutcome =
  | { readonly status: "done"; readonly versions: readonly Version[] }
  | {
      readonly status: "refused";
      readonly why: "exists" | "missing" | "stale" | "invalid";
      readonly cause: unknown;
    }
  | { readonly status: "unclear"; readonly cause: unknown; readonly ended: Promise<void> };

export interface Snapshot {
  readonly fields: Fields;
  readonly version: Version;
}

/** Sums two trees; keys of either are kept. @throws RangeError beyond 2^53, for nothing is ever rounded */
export function addCounters(a: Counters, b: Counters): Counters {
  const sum: Record<string, number | Counters> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = sum[key];
    if (typeof value === "number")
      sum[key] = addExact((before as number | undefined) ?? 0, value, key);
    else sum[key] = addCounters((before as Counters | undefined) ?? {}, value);
  }
  return sum;
}

/** Number of increments that a tree costs. */
export function countLeaves(tree: Counters): number {
  return Object.values(tree).reduce<number>(
    (count, value) => count + (typeof value === "number" ? 1 : countLeaves(value)),
    0,
  );
}

/** Drops zeros and empty branches: an increment by 0 is a write for nothing. */
export function withoutZeros(tree: Counters): Counters {
  const kept: Record<string, number | Counters> = {};
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === "number") {
      if (value !== 0) kept[key] = value;
      continue;
    }
    const inner = withoutZeros(value);
    if (Object.keys(inner).length > 0) kept[key] = inner;
  }
  return kept;
}
