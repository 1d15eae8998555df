import {
  ATTO_PER_NANO,
  assertCount,
  assertSafeInteger,
  divideHalfEven,
  usdFromAtto,
  usdFromNano,
  usdPerMillionFromAtto,
} from "../core/money.ts";
import {
  INPUT_CLASSES,
  inputTokens,
  OUTPUT_CLASSES,
  type TokenClass,
  type TokenClasses,
} from "../core/tokens.ts";
import type { BillLine, Cost, Rates, RateTable } from "./rates.ts";

/** Tokens of one class at its rate. */
interface Charge {
  readonly class: TokenClass;
  readonly tokens: number;
  /** attoUSD per token */
  readonly rate: number;
}

/** attoUSD of a nanoUSD, for plain numbers. */
const ATTO = Number(ATTO_PER_NANO);

const UNPRICED: Cost = {
  costNanoUsd: 0,
  inputCostNanoUsd: 0,
  outputCostNanoUsd: 0,
  priceStatus: "unpriced",
  priceVersion: null,
  lines: [],
};

/**
 * What a call costs: tokens x rate of each class, added up exactly, rounded once (half-even) to nano-dollars.
 *
 * gpt-4o-mini with 180 input, 1024 cached and 86 output tokens at 0.15, 0.075 and 0.60 dollars per million:
 * 180 x 0.15 + 1024 x 0.075 + 86 x 0.60 = 155.4 millionths of a dollar = 155 400 000 000 000 attoUSD = 155 400 nanoUSD.
 *
 * The input part is rounded by itself, the output part is what is left of the total, so that both add up to it.
 * Split in two, a call costs the same but for one nano-dollar, unless whole and parts are in different context tiers.
 * Usage that no rate covers, of a whole model or of one class with tokens, is `unpriced`: cost 0, no bill lines.
 * @throws RangeError for a count that is no integer >= 0, and for a cost beyond 2^53 nanoUSD (9 million dollars)
 */
export function rateUsage(rates: RateTable | undefined, classes: TokenClasses): Cost {
  const input = inputTokens(classes);
  if (!rates) return UNPRICED;
  const tier = tierFor(rates, input);
  const inputCharges = chargesOf(INPUT_CLASSES, classes, tier);
  const outputCharges = chargesOf(OUTPUT_CLASSES, classes, tier);
  if (!inputCharges || !outputCharges) return UNPRICED;
  const charges = [...inputCharges, ...outputCharges];
  const costNanoUsd = nanoOf(charges);
  const inputCostNanoUsd = nanoOf(inputCharges);
  return {
    costNanoUsd,
    inputCostNanoUsd,
    outputCostNanoUsd: costNanoUsd - inputCostNanoUsd,
    priceStatus: rates.free ? "free" : "priced",
    priceVersion: rates.priceVersion,
    lines: charges.map(billLine),
  };
}

/**
 * The rates of the last context tier that begins at or below the input tokens, cached ones included. With a tier
 * "more than 272 000" (from 272 001) a call of 272 000 input tokens has the lower rates for all of its tokens, a call
 * of 272 001 the higher ones.
 */
function tierFor(table: RateTable, inputTokens: number): Rates {
  const tier = table.tiers.findLast(({ fromInputTokens }) => fromInputTokens <= inputTokens);
  if (!tier)
    throw new RangeError(`${table.priceVersion} has no rates for ${inputTokens} input tokens`);
  return tier.rates;
}

/** @returns undefined when a class with tokens has no rate */
function chargesOf(
  names: readonly TokenClass[],
  classes: TokenClasses,
  rates: Rates,
): Charge[] | undefined {
  const charges: Charge[] = [];
  for (const name of names) {
    const tokens = assertCount(classes[name] ?? 0, `classes.${name}`);
    if (tokens === 0) continue;
    const rate = rates[name];
    if (rate === undefined) return undefined;
    charges.push({ class: name, tokens, rate });
  }
  return charges;
}

/**
 * In plain numbers, whole nano-dollars and what is left of them apart: sums of products of integers >= 0 are exact when
 * they come out below 2^53, and no inexact one does. That goes up to 9 million dollars and, at rates of more than 3
 * decimals, 9 million tokens; above it BigInt does the same. 2.5 nanoUSD -> 2, 3.5 -> 4, 2.5 and one attoUSD -> 3.
 */
function nanoOf(charges: readonly Charge[]): number {
  let nano = 0;
  let atto = 0;
  for (const { tokens, rate } of charges) {
    const part = rate % ATTO;
    atto += tokens * part;
    nano += tokens * ((rate - part) / ATTO);
  }
  const rest = atto % ATTO;
  nano += (atto - rest) / ATTO;
  if (!Number.isSafeInteger(atto) || !Number.isSafeInteger(nano)) return nanoOfLarge(charges);
  const up = rest > ATTO / 2 || (rest === ATTO / 2 && nano % 2 === 1);
  return assertSafeInteger(up ? nano + 1 : nano, "costNanoUsd");
}

function nanoOfLarge(charges: readonly Charge[]): number {
  const atto = charges.reduce((sum, { tokens, rate }) => sum + BigInt(tokens) * BigInt(rate), 0n);
  return assertSafeInteger(Number(divideHalfEven(atto, ATTO_PER_NANO)), "costNanoUsd");
}

function billLine({ class: name, tokens, rate }: Charge): BillLine {
  return {
    class: name,
    tokens,
    usdPerMillion: usdPerMillionFromAtto(rate),
    amountUsd: amountUsd(tokens, rate),
  };
}

/** The same text either way; most rates have no more than 3 decimals, and whole nano-dollars are written in half the time. */
function amountUsd(tokens: number, rate: number): string {
  const nano = rate % ATTO === 0 ? tokens * (rate / ATTO) : Number.NaN;
  return Number.isSafeInteger(nano)
    ? usdFromNano(nano)
    : usdFromAtto(BigInt(tokens) * BigInt(rate));
}
