import { assertSafeInteger, divideHalfEven } from "../core/money.ts";
import { DAY_MS, monthEndMs, monthOf } from "../core/period.ts";

/** The pace of a month is that of its last complete days, at most this many. */
export const PACE_DAYS = 7;
/** Before there are as many complete days, nothing is foretold. */
export const MIN_PACE_DAYS = 3;

/** What a month comes to "at the pace of the last 7 days". */
export interface Forecast {
  readonly costNanoUsd: number;
  /** At the pace of the cheapest and of the dearest of those days. */
  readonly minNanoUsd: number;
  readonly maxNanoUsd: number;
  /** Complete days that the pace is taken from. */
  readonly days: number;
}

/**
 * Spent so far + mean of the last complete days x what remains of the month. At noon on 20 November 10.5 days
 * remain: 60 dollars spent and 7 days of 3 dollars on average foretell 60 + 31.50.
 * @param dailyNanoUsd complete days, newest last, since usage began; days without usage are 0
 * @throws RangeError beyond 2^53
 */
export function forecastMonth(
  spentNanoUsd: number,
  dailyNanoUsd: readonly number[],
  nowMs: number,
): Forecast | null {
  const pace = dailyNanoUsd.slice(-PACE_DAYS);
  if (pace.length < MIN_PACE_DAYS) return null;
  const remainingMs = BigInt(monthEndMs(monthOf(nowMs)) - nowMs);
  const at = (amountNanoUsd: bigint, days: number) => {
    const more = divideHalfEven(amountNanoUsd * remainingMs, BigInt(days) * BigInt(DAY_MS));
    return assertSafeInteger(Number(BigInt(spentNanoUsd) + more), "forecast");
  };
  return {
    costNanoUsd: at(
      pace.reduce((sum, day) => sum + BigInt(day), 0n),
      pace.length,
    ),
    minNanoUsd: at(BigInt(Math.min(...pace)), 1),
    maxNanoUsd: at(BigInt(Math.max(...pace)), 1),
    days: pace.length,
  };
}
