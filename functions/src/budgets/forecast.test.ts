import { describe, expect, it } from "@jest/globals";
import { forecastMonth } from "./forecast.ts";

const NOON_20_NOV = Date.UTC(2026, 10, 20, 12);
const USD = 1_000_000_000;

describe("the forecast of a month", () => {
  it("is what is spent and the mean of the last 7 complete days for what remains", () => {
    const days = [1, 2, 3, 3, 3, 4, 5].map((usd) => usd * USD);
    expect(forecastMonth(60 * USD, days, NOON_20_NOV)).toEqual({
      costNanoUsd: 91.5 * USD,
      minNanoUsd: 70.5 * USD,
      maxNanoUsd: 112.5 * USD,
      days: 7,
    });
  });

  it.each([2, 3])("needs 3 complete days, has %i", (count) => {
    const forecast = forecastMonth(USD, Array(count).fill(USD), NOON_20_NOV);
    if (count < 3) expect(forecast).toBeNull();
    else expect(forecast).toMatchObject({ costNanoUsd: 11.5 * USD, days: 3 });
  });

  it("looks at no more than 7 days", () => {
    const days = [900, 0, 0, 0, 0, 0, 0, 7].map((usd) => usd * USD);
    expect(forecastMonth(0, days, NOON_20_NOV)).toMatchObject({
      costNanoUsd: 10.5 * USD,
      maxNanoUsd: 73.5 * USD,
    });
  });

  it("rounds half to even once, to the nano-dollar", () => {
    const halfADayLeft = Date.UTC(2026, 10, 30, 12);
    expect(forecastMonth(0, [1, 1, 1], halfADayLeft)?.costNanoUsd).toBe(0);
    expect(forecastMonth(0, [3, 3, 3], halfADayLeft)?.costNanoUsd).toBe(2);
  });

  it("is refused beyond 2^53 rather than rounded", () => {
    const days = Array(7).fill(Number.MAX_SAFE_INTEGER);
    expect(() => forecastMonth(0, days, NOON_20_NOV)).toThrow(RangeError);
  });
});
