import { correctionIdOf } from "../core/ids.ts";
import { usdFromNano } from "../core/money.ts";
import { bookedAt, bookingOf, type Entry, type EntryDraft, retainedAs } from "./entry.ts";
import { addCounters, type Counters, withoutZeros } from "./plan.ts";

/**
 * The correction that takes an entry and its chain to the target's counters; nothing when the chain holds it
 * already. It is booked and counted where its entry is, unless that was more than 7 days ago.
 *
 * An entry of 900 nanoUSD, a correction of -200 and a target of 650 give a correction of -50.
 */
export function planCorrection(
  entry: Entry,
  chain: readonly Entry[],
  target: EntryDraft,
  now: Date,
): EntryDraft[] {
  if (chain.some(({ nonce }) => nonce === target.nonce)) return [];
  const reached = chain.reduce((sum, { add }) => addCounters(sum, add), entry.add);
  const add = differenceOf(target.add, reached);
  const booked = bookingOf(bookedAt(entry), now);
  const isLate = booked.originalDay !== null;
  return [
    {
      ...target,
      entryId: correctionIdOf(entry.entryId, chain.length + 1),
      kind: "correction",
      correctsId: entry.entryId,
      ...counted(add),
      priceStatus:
        isUnpriced(target) === isUnpriced(entry) ? target.priceStatus : entry.priceStatus,
      classCosts: [],
      day: isLate ? booked.day : entry.day,
      month: isLate ? booked.month : entry.month,
      originalDay: isLate ? (entry.originalDay ?? entry.day) : entry.originalDay,
      startedAt: entry.startedAt,
      settledAt: now,
      windows: entry.windows,
      add,
      expireAt: latest(entry.expireAt, retainedAs(target, isLate ? booked.month : entry.month)),
    },
  ];
}

/** Maps keep what has no price apart from the models that have one; a correction must meet its entry there. */
function isUnpriced({ priceStatus }: Pick<Entry, "priceStatus">): boolean {
  return priceStatus === "unpriced";
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
