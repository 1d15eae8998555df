import type { BookRateSet, BookTimeOfDay, PriceTerms } from "./book/schema.ts";
import { freeRateTable, rateTableOf } from "./rate-table.ts";
import type { RateTable, ServiceTier } from "./rates.ts";
import type { DatedPrice } from "./resolve-price.ts";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/**
 * A price, of the book or of one's own, ready to be asked for its rates.
 * @param version "openai:gpt-5:2025-08-07"; service tiers and times of day add their name to it, ":flex"
 */
export function datedPriceOf(model: string, version: string, price: PriceTerms): DatedPrice {
  const made = new Map<string, RateTable>();
  const tableOf = (name: string, make: (version: string) => RateTable): RateTable => {
    const table = made.get(name) ?? make(name === "" ? version : `${version}:${name}`);
    made.set(name, table);
    return table;
  };
  return {
    fromMs: Date.parse(price.effectiveFrom),
    toMs: price.effectiveTo === undefined ? undefined : Date.parse(price.effectiveTo),
    ratesAt: (atMs, serviceTier) => {
      if ("free" in price) return tableOf("", (named) => freeRateTable(model, named));
      const chosen = rateSetAt(price, atMs, serviceTier);
      return chosen && tableOf(chosen.name, (named) => rateTableOf(model, named, chosen.set));
    },
  };
}

interface Chosen {
  /** What the price version ends in; "" for the standard rates. */
  readonly name: string;
  readonly set: BookRateSet;
}

type TokenPrice = Exclude<PriceTerms, { free: true }>;

function rateSetAt(price: TokenPrice, atMs: number, serviceTier: ServiceTier): Chosen | undefined {
  if (serviceTier !== "standard") {
    const set = new Map(Object.entries(price.serviceTiers ?? {})).get(serviceTier);
    return set && { name: serviceTier, set };
  }
  const time = price.timesOfDay?.find((each) => isWithin(each, atMs));
  return time ? { name: time.name, set: time } : { name: "", set: price };
}

/**
 * Whether an instant lies in a time of day, by the clock and the calendar of UTC. With "01:00-04:00" on weekdays,
 * Monday 01:00:00.000 is within, 04:00:00.000 no longer, and Saturday 02:00 is not.
 */
export function isWithin(time: BookTimeOfDay, atMs: number): boolean {
  const at = new Date(atMs);
  const weekday = at.getUTCDay() === 0 ? 7 : at.getUTCDay();
  if (time.weekdays?.includes(weekday) === false) return false;
  if (time.exceptDays?.includes(at.toISOString().slice(0, 10))) return false;
  const minute = Math.floor(atMs / MINUTE_MS) % DAY_MINUTES;
  return time.hours.some((range) => inRange(range, minute));
}

function inRange(range: string, minute: number): boolean {
  const [from = 0, to = 0] = range.split("-").map(minuteOf);
  return from <= to ? from <= minute && minute < to : minute >= from || minute < to;
}

/** "16:30" -> 990 */
function minuteOf(time: string): number {
  const [hour, minute] = time.split(":").map(Number);
  return (hour ?? 0) * 60 + (minute ?? 0);
}
