import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Balance, mostThatFits, verdictOn, worstVerdict } from "./admission.ts";

const BALANCE: Balance = { limit: 100, spent: 60, held: 30 };

describe("verdictOn", () => {
  it.each([
    [9, "fits"],
    [10, "fits"],
    [11, "wait"],
    [40, "wait"],
    [41, "never"],
  ])("says of %i more on 60 spent and 30 held of 100: %s", (amount, verdict) => {
    expect(verdictOn(BALANCE, amount)).toBe(verdict);
  });

  it("lets in what takes nothing, also above the limit", () => {
    expect(verdictOn({ limit: 100, spent: 105, held: 0 }, 0)).toBe("fits");
    expect(verdictOn({ limit: 100, spent: 105, held: 0 }, 1)).toBe("never");
  });
});

describe("worstVerdict", () => {
  it("names the first window that gives the worst answer", () => {
    const full = { limit: 10, spent: 10, held: 0 };
    const busy = { limit: 10, spent: 0, held: 10 };
    const free = { limit: 10, spent: 0, held: 0 };
    expect(worstVerdict([free, busy, full, full], [1, 1, 1, 1])).toEqual({
      verdict: "never",
      index: 2,
    });
    expect(worstVerdict([free, busy], [1, 1])).toEqual({ verdict: "wait", index: 1 });
    expect(worstVerdict([free], [1])).toEqual({ verdict: "fits", index: 0 });
    expect(worstVerdict([], [])).toEqual({ verdict: "fits", index: 0 });
  });
});

describe("mostThatFits", () => {
  const twice = (output: number) => [2 * output];

  it("is all that is asked for when there is room", () => {
    expect(mostThatFits([BALANCE], twice, { least: 1, most: 5 })).toBe(5);
  });

  it("is what the fullest window leaves", () => {
    const balances = [BALANCE, { limit: 100, spent: 93, held: 0 }];
    const amountsAt = (output: number) => [2 * output, output + 4];
    expect(mostThatFits(balances, amountsAt, { least: 1, most: 50 })).toBe(3);
  });

  it("is nothing when not even the least fits", () => {
    expect(mostThatFits([BALANCE], twice, { least: 6, most: 50 })).toBeUndefined();
  });

  it("is the largest that fits, whatever the amounts are", () => {
    const range = fc
      .tuple(fc.nat(500), fc.nat(5_000))
      .map(([least, more]) => [least, least + more]);
    fc.assert(
      fc.property(range, fc.nat(20_000), fc.nat(7), fc.nat(900), (ends, left, rate, fixed) => {
        const [least, most] = ends as [number, number];
        const balance = { limit: left, spent: 0, held: 0 };
        const amountsAt = (output: number) => [fixed + rate * output];
        const fits = (output: number) =>
          worstVerdict([balance], amountsAt(output)).verdict === "fits";
        const found = mostThatFits([balance], amountsAt, { least, most });
        if (found === undefined) return expect(fits(least)).toBe(false);
        expect(fits(found)).toBe(true);
        if (found < most) expect(fits(found + 1)).toBe(false);
      }),
    );
  });
});
