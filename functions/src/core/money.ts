/**
 * Exact money. Amounts are integers of nano-dollars (1 USD = 1 000 000 000 nanoUSD), rates are integers of
 * atto-dollars per token (1 attoUSD = 10^-18 USD; USD per million tokens x 10^12, exact to 12 decimals), up to
 * 9 007 dollars per million.
 */
export const NANO_PER_USD = 1_000_000_000;
export const ATTO_PER_NANO = 1_000_000_000n;

const NANO_DIGITS = 9;
const ATTO_DIGITS = 18;
/** Of a rate in USD per million tokens. */
const RATE_DIGITS = 12;

/**
 * Gives the value back, -0 as 0, for Firestore stores -0 as a double.
 * @throws RangeError when the value is no safe integer, so that no float ever reaches a stored amount
 */
export function assertSafeInteger(value: number, name: string): number {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`${name} must be a safe integer, got ${value}`);
  return value === 0 ? 0 : value;
}

/** @throws RangeError unless the value is a safe integer >= 0. */
export function assertCount(value: number, name: string): number {
  const count = assertSafeInteger(value, name);
  if (count < 0) throw new RangeError(`${name} must be >= 0, got ${count}`);
  return count;
}

/** Adds two amounts; leaving 2^53 (9 million dollars in nanoUSD) is an error, never a rounding. */
export function addExact(a: number, b: number, name: string): number {
  return assertSafeInteger(a + b, name);
}

/** Rounds to the nearest integer, ties to the even one: 2.5 -> 2, 3.5 -> 4, -2.5 -> -2. `divisor` > 0. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n;
  const size = negative ? -dividend : dividend;
  const quotient = size / divisor;
  const twice = (size % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && quotient % 2n === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

/** 155_400 nanoUSD -> "0.0001554"; 4_400_000_000 -> "4.40"; never an exponent, at least 2 decimals. */
export function usdFromNano(amountNanoUsd: number): string {
  return decimal(assertSafeInteger(amountNanoUsd, "amountNanoUsd"), NANO_DIGITS);
}

/** 27_000_000_000_000 attoUSD -> "0.000027", exact to 18 decimals. */
export function usdFromAtto(amountAttoUsd: bigint): string {
  return decimal(amountAttoUsd, ATTO_DIGITS);
}

/**
 * "12.50" -> 12_500_000_000 nanoUSD.
 * @returns undefined for anything but a plain decimal of at most 9 decimals, up to 9007199.254740991 dollars
 */
export function nanoFromUsd(usd: string): number | undefined {
  const amount = scaled(usd, NANO_DIGITS);
  return amount !== undefined && amount <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(amount)
    : undefined;
}

/**
 * USD per million tokens as an exact decimal -> attoUSD per token: "0.15" -> 150_000_000_000; "0.083333333333" ->
 * 83_333_333_333.
 * @returns undefined for anything but a plain decimal of at most 12 decimals, up to 9007.199254740991 dollars
 */
export function attoPerTokenFromUsdPerMillion(usdPerMillion: string): number | undefined {
  const rate = scaled(usdPerMillion, RATE_DIGITS);
  return rate !== undefined && rate <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(rate) : undefined;
}

/** 150_000_000_000 attoUSD per token -> "0.15" USD per million tokens. */
export function usdPerMillionFromAtto(rateAttoUsd: number): string {
  return decimal(assertCount(rateAttoUsd, "rateAttoUsd"), RATE_DIGITS);
}

function scaled(text: string, digits: number): bigint | undefined {
  const match = /^(\d{1,16})(?:\.(\d+))?$/.exec(text);
  const fraction = match?.[2] ?? "";
  if (!match || fraction.length > digits) return undefined;
  return BigInt(match[1] + fraction.padEnd(digits, "0"));
}

/** `amount` is a whole number; a plain one, which is quicker, is a safe integer. */
function decimal(amount: bigint | number, digits: number): string {
  const sign = amount < 0 ? "-" : "";
  const text = (amount < 0 ? -amount : amount).toString().padStart(digits + 1, "0");
  const point = text.length - digits;
  let end = text.length;
  while (end > point + 2 && text[end - 1] === "0") end -= 1;
  return `${sign}${text.slice(0, point)}.${text.slice(point, end)}`;
}
