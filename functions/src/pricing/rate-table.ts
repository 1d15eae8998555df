import { attoPerTokenFromUsdPerMillion } from "../core/money.ts";
import { TOKEN_CLASSES, type TokenClass } from "../core/tokens.ts";
import type { BookRateSet } from "./book/schema.ts";
import type { Rates, RateTable } from "./rates.ts";

/** USD per million tokens by class, as the price book writes them. */
export type BookRates = Readonly<Partial<Record<TokenClass, string>>>;

const FREE: Rates = Object.fromEntries(TOKEN_CLASSES.map((name) => [name, 0]));

/** What costs nothing: every class at 0, and said to be free. */
export function freeRateTable(model: string, priceVersion: string): RateTable {
  return { model, priceVersion, free: true, tiers: [{ fromInputTokens: 0, rates: FREE }] };
}

/** A price of the book as rates that can be multiplied; "0.15" USD per million -> 150_000_000_000 attoUSD per token. */
export function rateTableOf(model: string, priceVersion: string, set: BookRateSet): RateTable {
  const tiers = [{ fromInputTokens: 0, rates: set.rates }, ...(set.contextTiers ?? [])];
  return {
    model,
    priceVersion,
    free: false,
    tiers: tiers.map(({ fromInputTokens, rates }) => ({ fromInputTokens, rates: ratesOf(rates) })),
  };
}

/**
 * Classes that a price does not name are billed by these rules, and by no others:
 * - reasoning as output: {output: "10"} bills reasoning at 10;
 * - cacheRead as input: no discount is named, so there is none;
 * - cacheWrite5m and cacheWrite1h as input when the price names neither; when it names one, the other has no rate,
 *   for then writing costs extra, and how much is not known;
 * - audio never as text: it costs ten times and more of it. Without a rate its usage is unpriced.
 */
export function ratesOf(named: BookRates): Rates {
  const writesAsInput = (named.cacheWrite5m ?? named.cacheWrite1h) ? undefined : named.input;
  const filled: BookRates = {
    ...named,
    cacheRead: named.cacheRead ?? named.input,
    cacheWrite5m: named.cacheWrite5m ?? writesAsInput,
    cacheWrite1h: named.cacheWrite1h ?? writesAsInput,
    reasoning: named.reasoning ?? named.output,
  };
  const rates: Partial<Record<TokenClass, number>> = {};
  for (const name of TOKEN_CLASSES) {
    const usdPerMillion = filled[name];
    if (usdPerMillion !== undefined) rates[name] = attoOf(name, usdPerMillion);
  }
  return rates;
}

function attoOf(name: TokenClass, usdPerMillion: string): number {
  const rate = attoPerTokenFromUsdPerMillion(usdPerMillion);
  if (rate === undefined)
    throw new RangeError(`rate of ${name} is no exact price: ${usdPerMillion}`);
  return rate;
}
