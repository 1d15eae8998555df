import { randomUUID } from "node:crypto";
import { Firestore } from "@google-cloud/firestore";
import { write } from "firebase-functions/logger";
import type { AnalyticsStore } from "../analytics/port.ts";
import type { Budget } from "../budgets/budget.ts";
import { FirstOpenings } from "../budgets/first-openings.ts";
import { groupedWindows } from "../budgets/grouped-windows.ts";
import type { OpeningDeps } from "../budgets/open-windows.ts";
import type { BudgetStore } from "../budgets/port.ts";
import type { CallDeps, CallSettings } from "../calls/deps.ts";
import type { TrackDeps } from "../calls/track-usage.ts";
import {
  ABORT_DRAIN_MS,
  ADMIT_MOST_WAIT_MS,
  ADMIT_WAIT_MS,
  BUDGET_CACHE_SECONDS,
  DATABASE_ID,
  DAY_SHARDS,
  DEFAULT_MAX_OUTPUT_TOKENS,
  HOLD_MARGIN_SECONDS,
  JOURNAL,
  MIN_OUTPUT_TOKENS,
  ON_STORE_ERROR,
  PROVIDER_RETRIES,
  REQUEST_TIMEOUT_SECONDS,
  RETENTION_DAYS,
} from "../config.ts";
import { CachedRead } from "../core/cached-read.ts";
import { firestoreAnalytics } from "../firestore/analytics-store.ts";
import { firestoreBudgets } from "../firestore/budget-store.ts";
import { firestoreCompare } from "../firestore/compare-store.ts";
import { KEEPALIVE } from "../firestore/keepalive.ts";
import { firestoreLedger } from "../firestore/ledger-store.ts";
import { firestorePrices } from "../firestore/price-store.ts";
import { wireClient } from "../firestore/wire/wire-commit.ts";
import { Admitter } from "../ledger/admitter.ts";
import { type AggregateDeps, KeyMemory } from "../ledger/aggregate.ts";
import { Bookings } from "../ledger/bookings.ts";
import type { CompareStore } from "../ledger/compare-port.ts";
import { earlierUsage } from "../ledger/earlier-usage.ts";
import { Journal } from "../ledger/journal.ts";
import type { LedgerStore } from "../ledger/port.ts";
import { recordOnce } from "../ledger/record-once.ts";
import { Settler } from "../ledger/settler.ts";
import { PRICE_BOOK, type PriceBook } from "../pricing/book.ts";
import type { PriceStore } from "../pricing/own-price.ts";
import { withOwnPrices } from "../pricing/with-own-prices.ts";
import { tokenCounter } from "../providers/tokenizer/token-counter.ts";
import { USAGE_CONVERTERS } from "../providers/usage-converters.ts";
import { calledProviders } from "./called-providers.ts";
import { callLimitMs, EMBED_DOOR, MODEL_DOOR } from "./door-options.ts";
import { keepElsewhere } from "./last-resort.ts";
import { oneOf, projectId } from "./parameters.ts";
import { providerAgent } from "./provider-agent.ts";
import { systemClock } from "./system-clock.ts";

/** Of holds and settlements from their arrival, of everything else from the operation's start. */
const ADMIT_DEADLINE_MS = 2_000;
const FIRST_LIST_DEADLINE_MS = 4_000;
const SETTLE_DEADLINE_MS = 3_000;
const OVERFLOW_SETTLE_DEADLINE_MS = 10_000;
const AGGREGATE_DEADLINE_MS = 20_000;
const BUDGET_DEADLINE_MS = 5_000;
const REPORT_DEADLINE_MS = 20_000;
const MIN_RETENTION_DAYS = 35;
const MOST_RETRIES = 5;

/** Makes something at its first use, once per instance: parameters have no values before. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

export const database = once(
  () => new Firestore({ projectId: projectId(), databaseId: DATABASE_ID.value(), ...KEEPALIVE }),
);

/** For what every call commits, which the SDK's own client would take most of its time for. */
const wire = once(() =>
  wireClient({
    projectId: projectId(),
    databaseId: DATABASE_ID.value(),
    emulatorHost: process.env.FIRESTORE_EMULATOR_HOST,
  }),
);

export const ledgerStore = once(
  (): LedgerStore => firestoreLedger(database(), DAY_SHARDS.value(), wire().commit),
);

export const compareStore = once(
  (): CompareStore => firestoreCompare(database(), DAY_SHARDS.value()),
);

export const budgetStore = once(
  (): BudgetStore => firestoreBudgets(database(), BUDGET_DEADLINE_MS),
);

export const priceStore = once((): PriceStore => firestorePrices(database(), BUDGET_DEADLINE_MS));

export const analyticsStore = once(
  (): AnalyticsStore =>
    firestoreAnalytics(database(), { shards: DAY_SHARDS.value(), deadlineMs: REPORT_DEADLINE_MS }),
);

export const retentionDays = (): number => Math.max(RETENTION_DAYS.value(), MIN_RETENTION_DAYS);

export const settler = once(() => settlerWithin(SETTLE_DEADLINE_MS));

/** For what is kept elsewhere already: nobody waits for an answer. */
export const overflowSettler = once(() => settlerWithin(OVERFLOW_SETTLE_DEADLINE_MS));

const bookings = once(
  () =>
    new Bookings({
      store: ledgerStore(),
      clock: systemClock,
      shards: DAY_SHARDS.value(),
      randomId: randomUUID,
    }),
);

function settlerWithin(deadlineMs: number): Settler {
  return new Settler({
    bookings: bookings(),
    store: ledgerStore(),
    clock: systemClock,
    shards: DAY_SHARDS.value(),
    deadlineMs,
    randomId: randomUUID,
    keepElsewhere,
  });
}

export const aggregateDeps = once(
  (): AggregateDeps => ({
    store: ledgerStore(),
    deadlineMs: AGGREGATE_DEADLINE_MS,
    knownKeys: new KeyMemory(),
  }),
);

/** Budgets and own prices act on every instance within the same time. */
function cached<T>(read: (isFirst: boolean) => Promise<T>): CachedRead<T> {
  return new CachedRead(read, systemClock, BUDGET_CACHE_SECONDS.value() * 1_000);
}

const ownPrices = once(() => {
  const store = firestorePrices(database(), ADMIT_DEADLINE_MS);
  return cached(async () => withOwnPrices(PRICE_BOOK, await store.listPrices()));
});

/** The shipped book with prices of one's own over it; the shipped one alone while nothing else could be read. */
export function currentPrices(): Promise<PriceBook> {
  return ownPrices().get(PRICE_BOOK);
}

export const openingDeps = once(
  (): OpeningDeps => ({
    store: budgetStore(),
    earlier: earlierUsage(ledgerStore(), () => systemClock.nowMs()),
    reportFailure: (what, id, cause) =>
      logProblem(`Budgets could not be checked for a ${what}`, { id, error: String(cause) }),
  }),
);

const admitter = once(() => {
  const { store, earlier } = openingDeps();
  const openings = new FirstOpenings({
    store,
    earlier,
    now: () => new Date(systemClock.nowMs()),
  });
  return new Admitter({
    store: ledgerStore(),
    clock: systemClock,
    random: Math.random,
    deadlineMs: ADMIT_DEADLINE_MS,
    waitMs: ADMIT_WAIT_MS.value(),
    mostWaitMs: ADMIT_MOST_WAIT_MS.value(),
    open: (budget, window) => openings.open(budget, window),
  });
});

/** The first read of a cold instance, which also opens the connection; without it no call goes on. */
const firstListStore = once(
  (): BudgetStore => firestoreBudgets(database(), FIRST_LIST_DEADLINE_MS),
);

/** Calls wait for these reads. */
const callBudgetStore = once((): BudgetStore => firestoreBudgets(database(), ADMIT_DEADLINE_MS));

const cachedBudgets = once(() =>
  cached((isFirst) => (isFirst ? firstListStore() : callBudgetStore()).listActive()),
);

export const activeBudgets = (): Promise<readonly Budget[]> => cachedBudgets().get();

/** Shared by both doors. */
const connections = once(providerAgent);

/** What differs from door to door: how long a provider may take, and with it when a hold is taken for dead. */
function withinDoor(door: typeof MODEL_DOOR | typeof EMBED_DOOR) {
  const totalTimeoutMs = callLimitMs(door, REQUEST_TIMEOUT_SECONDS.value());
  return {
    providers: calledProviders({ totalTimeoutMs, ...connections() }),
    settings: callSettings(totalTimeoutMs),
  };
}

/** For `embed`: as `callDeps`, within its own door's limit. */
export const embedDeps = once((): CallDeps => ({ ...callDeps(), ...withinDoor(EMBED_DOOR) }));

export const callDeps = once((): CallDeps => {
  const store = callBudgetStore();
  return {
    clock: systemClock,
    randomId: randomUUID,
    random: Math.random,
    prices: currentPrices,
    ...withinDoor(MODEL_DOOR),
    tokens: tokenCounter(),
    budgets: {
      active: activeBudgets,
      spending: groupedWindows((windowIds) => store.windows(windowIds), systemClock),
    },
    journal: new Journal({
      bookings: bookings(),
      store: ledgerStore(),
      clock: systemClock,
      deadlineMs: ADMIT_DEADLINE_MS,
    }),
    admitter: admitter(),
    settler: settler(),
  };
});

export const trackDeps = once((): TrackDeps => {
  const deps = callDeps();
  const context = () => ({
    now: new Date(systemClock.nowMs()),
    shards: DAY_SHARDS.value(),
    randomId: randomUUID,
  });
  return {
    ...deps,
    usageConverters: USAGE_CONVERTERS,
    record: (draft) => recordOnce(ledgerStore(), draft, context(), SETTLE_DEADLINE_MS),
  };
});

/** A line for the people who run this; facts hold ids and sizes, never content. */
export function logProblem(message: string, facts: Readonly<Record<string, unknown>>): void {
  write({ severity: "ERROR", message, ...facts });
}

function callSettings(requestTimeoutMs: number): CallSettings {
  return {
    projectId: projectId(),
    defaultMaxOutputTokens: DEFAULT_MAX_OUTPUT_TOKENS.value(),
    minOutputTokens: MIN_OUTPUT_TOKENS.value(),
    requestTimeoutMs,
    holdMarginMs: HOLD_MARGIN_SECONDS.value() * 1_000,
    providerRetries: Math.min(Math.max(PROVIDER_RETRIES.value(), 0), MOST_RETRIES),
    abortDrainMs: Math.max(ABORT_DRAIN_MS.value(), 0),
    retentionDays: retentionDays(),
    journal: oneOf(JOURNAL, ["before", "beside"]),
    onStoreError: oneOf(ON_STORE_ERROR, ["deny", "allow"]),
  };
}
