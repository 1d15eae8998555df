import { usdFromNano } from "../../functions/src/core/money.ts";

const CENT_NANO_USD = 10_000_000;
const MAX_PLAIN_TOKENS = 10_000;

const usd = (options: Intl.NumberFormatOptions) =>
  new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", ...options });
const TWO_DECIMALS = usd({});
const TWO_DIGITS = usd({ maximumSignificantDigits: 2 });
const EXACT = usd({ minimumFractionDigits: 2, maximumFractionDigits: 9 });
const GROUPED = new Intl.NumberFormat("en-US");
const COMPACT = new Intl.NumberFormat("en-US", {
  notation: "compact",
  maximumSignificantDigits: 3,
});

/**
 * Money in a table: 2 decimals from a cent on, 2 significant digits below, and zero as "$0.00". Digits are chosen on
 * the integer, and decimal strings are formatted without a float: 9_999_999 -> "$0.01", 204_000 -> "$0.0002".
 */
export function tableUsd(amountNanoUsd: number): string {
  const isSmall = amountNanoUsd !== 0 && Math.abs(amountNanoUsd) < CENT_NANO_USD;
  return (isSmall ? TWO_DIGITS : TWO_DECIMALS).format(decimalOf(amountNanoUsd));
}

/** Every digit: 204_000 -> "$0.000204". */
export function exactUsd(amountNanoUsd: number): string {
  return EXACT.format(decimalOf(amountNanoUsd));
}

/** 9_999 -> "9,999"; 1_234_567 -> "1.23M". */
export function tokenCount(tokens: number): string {
  return (tokens < MAX_PLAIN_TOKENS ? GROUPED : COMPACT).format(tokens);
}

export function grouped(count: number): string {
  return GROUPED.format(count);
}

/** A share given in per mille: 333 -> "33.3 %", 0 of something -> "<0.1 %". */
export function percent(perMille: number): string {
  return perMille === 0 ? "<0.1 %" : `${(perMille / 10).toFixed(1)} %`;
}

/** 312 -> "312 ms"; 1_240 -> "1.2 s". */
export function duration(ms: number): string {
  return Math.round(ms) < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** Pads the fractions, so that decimal points stand below each other in a column that is flush right. */
export function alignDecimals(cells: readonly string[]): string[] {
  const longest = Math.max(0, ...cells.map((cell) => fractionOf(cell).length));
  return cells.map((cell) => cell + " ".repeat(longest - fractionOf(cell).length));
}

function fractionOf(cell: string): string {
  const point = cell.indexOf(".");
  return point < 0 ? "" : cell.slice(point);
}

function decimalOf(amountNanoUsd: number): `${number}` {
  return usdFromNano(amountNanoUsd) as `${number}`;
}
