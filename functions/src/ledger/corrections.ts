import { correctionIdOf } from "../core/ids.ts";
import { usdFromNano } from "../core/money.ts";
import { modelKey } from "./contributions.ts";
import { bookedAt, bookingOf, type Entry, type EntryDraft, retainedAs } from "./entry.ts";
import { addCounters, type Counters, withoutZeros } from "./plan.ts";

/**
 * The corrections that take an entry and its chain to the target's counters; none when the chain holds them already.
 * They are booked and counted where their entry is, unless that was more than 7 days ago.
 *
 * An entry of 900 nanoUSD, a correction of -200 and a target of 650 give a correction of -50. Maps keep what has no
 * price apart from the models that have one: when the target changes that, one correction takes everything out there,
 * and another one brings it in here.
 */
export function planCorrection(
  entry: Entry,
  chain: readonly Entry[],
  target: EntryDraft,
  now: Date,
): EntryDraft[] {
  if (chain.some(({ nonce }) => nonce === target.nonce)) return [];
  const { day, month, originalDay } = bookingOf(bookedAt(entry), now);
  const isLate = originalDay !== null;
  const place = isLate ? { day, month, originalDay: entry.originalDay ?? entry.day } : entry;
  const moves = movesTo(entry, chain, target);
  const corrections = correctionsOf(entry, chain, target, { now, place, moves });
  const last = corrections.pop();
  return last ? [...corrections, { ...last, overrunNanoUsd: target.overrunNanoUsd }] : [];
}

/**
 * The same for another price of the same call: always booked where its entry is, so that the sums are as if the price
 * had been known, and none when nothing differs. Two runs at once plan the same ids, of which only one is created.
 */
export function planRepricing(
  entry: Entry,
  chain: readonly Entry[],
  target: EntryDraft,
  now: Date,
): EntryDraft[] {
  const moves = movesTo(entry, chain, target).filter(({ add }) => Object.keys(add).length > 0);
  return correctionsOf(entry, chain, target, { now, place: entry, moves });
}

/** What an entry and its chain add in all. */
export function reachedBy(entry: Entry, chain: readonly Entry[]): Counters {
  return withoutZeros(chain.reduce((sum, { add }) => addCounters(sum, add), entry.add));
}

interface Booking {
  readonly now: Date;
  readonly place: Pick<Entry, "day" | "month" | "originalDay">;
  readonly moves: readonly Move[];
}

/** What is to be added under one model. */
interface Move {
  readonly as: Pick<
    EntryDraft,
    "provider" | "model" | "modelRequested" | "priceStatus" | "priceVersion" | "unpricedAt"
  >;
  readonly add: Counters;
}

/** First what is taken out elsewhere, then what is missing under the target's model. */
function movesTo(entry: Entry, chain: readonly Entry[], target: EntryDraft): Move[] {
  const here = modelKey(target);
  const reached = Map.groupBy([entry, ...chain], modelKey);
  const sumAt = (key: string) =>
    (reached.get(key) ?? []).reduce<Counters>((sum, { add }) => addCounters(sum, add), {});
  const elsewhere = [...reached].filter(([key]) => key !== here);
  const out = elsewhere.flatMap(([key, [as]]): Move[] => {
    const add = withoutZeros(negated(sumAt(key)));
    return as && Object.keys(add).length > 0 ? [{ as, add }] : [];
  });
  return [...out, { as: target, add: differenceOf(target.add, sumAt(here)) }];
}

function correctionsOf(
  entry: Entry,
  chain: readonly Entry[],
  { unpricedAt: _, ...target }: EntryDraft,
  { now, place, moves }: Booking,
): EntryDraft[] {
  return moves.map(({ as, add }, index) => ({
    ...target,
    entryId: correctionIdOf(entry.entryId, chain.length + index + 1),
    kind: "correction",
    correctsId: entry.entryId,
    ...counted(add),
    provider: as.provider,
    model: as.model,
    modelRequested: as.modelRequested,
    priceStatus: as.priceStatus,
    priceVersion: as.priceVersion,
    ...(as.priceStatus === "unpriced" ? { unpricedAt: as.unpricedAt ?? now } : {}),
    classCosts: [],
    day: place.day,
    month: place.month,
    originalDay: place.originalDay,
    startedAt: entry.startedAt,
    settledAt: now,
    windows: entry.windows,
    add,
    expireAt: latest(entry.expireAt, retainedAs(target, place.month)),
  }));
}

/** The entry's fields that say the same as its counters. */
function counted(add: Counters): Partial<EntryDraft> {
  const at = (name: string) => (add[name] as number | undefined) ?? 0;
  return {
    inputTokens: at("inputTokens"),
    outputTokens: at("outputTokens"),
    totalTokens: at("totalTokens"),
    classes: (add.classes ?? {}) as Entry["classes"],
    costNanoUsd: at("costNanoUsd"),
    inputCostNanoUsd: at("inputCostNanoUsd"),
    outputCostNanoUsd: at("outputCostNanoUsd"),
    costUsd: usdFromNano(at("costNanoUsd")),
    overrunNanoUsd: 0,
  };
}

function differenceOf(target: Counters, reached: Counters): Counters {
  return withoutZeros(addCounters(target, negated(reached)));
}

function negated(tree: Counters): Counters {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [
      key,
      typeof value === "number" ? -value : negated(value),
    ]),
  );
}

function latest(a: Date, b: Date): Date {
  return a > b ? a : b;
}
