import type { DocumentData } from "firebase/firestore";
import type { Seed } from "./rules-environment.ts";

/** Somewhere documents lie, one of them about each person. */
export interface Place {
  readonly name: string;
  readonly collection: string;
  readonly idFor: (uid: string) => string;
  readonly documentFor: (uid: string) => DocumentData;
}

/** Spaces, quotes, percent, a bidirectional override, an emoji: whatever an id may hold. */
const ODD = " %2F.~*\"'\\ü\u202e火🔥:_";

/**
 * Each collection as the ledger lays it out. Every document names its person in `userId`, also
 * where none would do so in life: a stray field must open nothing.
 */
const PLACES: readonly Place[] = [
  place("usage_tracking"),
  place("usage_tracking, odd id", { collection: "usage_tracking", idFor: (uid) => uid + ODD }),
  place("usage_holds"),
  place("usage_monthly", { idFor: (uid) => `${uid}_2026-11` }),
  place("usage_sessions", { idFor: (uid) => `${uid}_s-1` }),
  place("usage_daily"),
  place("usage_totals"),
  place("usage_outbox"),
  place("budgets", {
    idFor: (uid) => `user:${uid}:usd:month`,
    documentFor: (uid) => ({ scope: "user", scopeId: uid, userId: uid, limit: 5_000_000_000 }),
  }),
  place("budget_windows", { idFor: (uid) => `user:${uid}:usd:month_2026-11` }),
  place("budget_alerts", { idFor: (uid) => `user:${uid}:usd:month_2026-11_800_5000000000` }),
  place("model_prices", { idFor: (uid) => `openai:${uid}:2026-11-01T00:00:00Z` }),
  place("usage_repairs"),
  place("care_state"),
  place("erasures"),
  place("api_keys"),
  place("unknown"),
  place("usage_tracking_copy"),
  place("subcollection of usage_tracking", { collection: "usage_tracking/owner-1/drafts" }),
  place("subcollection of unknown", { collection: "unknown/owner-1/drafts" }),
];

function place(name: string, special: Partial<Place> = {}): Place {
  return {
    name,
    collection: name,
    idFor: (uid) => `${uid}-1`,
    documentFor: (uid) => ({ userId: uid, costNanoUsd: 204_000 }),
    ...special,
  };
}

export const PLACE_NAMES = PLACES.map(({ name }) => name);

export function placeNamed(name: string): Place {
  const found = PLACES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no place is named "${name}"`);
  return found;
}

/** One document about each person in each place. */
export function seedFor(uids: readonly string[]): Seed {
  const documents = PLACES.flatMap((at) =>
    uids.map((uid) => [`${at.collection}/${at.idFor(uid)}`, at.documentFor(uid)] as const),
  );
  return Object.fromEntries(documents);
}
