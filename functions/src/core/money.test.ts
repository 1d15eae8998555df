import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  addExact,
  assertCount,
  assertSafeInteger,
  attoPerTokenFromUsdPerMillion,
  divideHalfEven,
  NANO_PER_USD,
  nanoFromUsd,
  usdFromAtto,
  usdFromNano,
  usdPerMillionFromAtto,
} from "./money.ts";

const MAX = Number.MAX_SAFE_INTEGER;

describe("assertSafeInteger", () => {
  it.each([0, 1, -1, MAX, -MAX])("lets %d through", (value) => {
    expect(assertSafeInteger(value, "amount")).toBe(value);
  });

  it("turns -0, which Firestore would store as a double, into 0", () => {
    expect(Object.is(assertSafeInteger(-0, "amount"), 0)).toBe(true);
    expect(Object.is(assertCount(-0, "amount"), 0)).toBe(true);
  });

  it.each([0.1, Number.NaN, Number.POSITIVE_INFINITY, MAX + 1, -MAX - 1])(
    "refuses %d by name",
    (value) => {
      expect(() => assertSafeInteger(value, "amount")).toThrow(/^amount must be a safe integer/);
    },
  );
});

describe("assertCount", () => {
  it("lets 0 through and refuses -1", () => {
    expect(assertCount(0, "tokens")).toBe(0);
    expect(() => assertCount(-1, "tokens")).toThrow("tokens must be >= 0, got -1");
  });
});

describe("addExact", () => {
  it("adds up to 2^53 - 1 and refuses the next", () => {
    expect(addExact(MAX - 1, 1, "sum")).toBe(MAX);
    expect(() => addExact(MAX, 1, "sum")).toThrow(/^sum/);
    expect(() => addExact(-MAX, -1, "sum")).toThrow(/^sum/);
  });

  it("never rounds: the sum is that of BigInt, or an error", () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (a, b) => {
        const exact = BigInt(a) + BigInt(b);
        if (exact > BigInt(MAX) || exact < BigInt(-MAX))
          expect(() => addExact(a, b, "sum")).toThrow();
        else expect(BigInt(addExact(a, b, "sum"))).toBe(exact);
      }),
    );
  });
});

describe("divideHalfEven", () => {
  it.each([
    [2_499n, 2n],
    [2_500n, 2n],
    [2_501n, 3n],
    [3_499n, 3n],
    [3_500n, 4n],
    [3_501n, 4n],
    [0n, 0n],
    [500n, 0n],
    [501n, 1n],
    [1_500n, 2n],
    [-500n, 0n],
    [-1_500n, -2n],
    [-2_500n, -2n],
    [-2_501n, -3n],
  ])("rounds %d thousandths to %d", (dividend, quotient) => {
    expect(divideHalfEven(dividend, 1_000n)).toBe(quotient);
  });

  it("breaks ties of odd divisors never, for there are none", () => {
    expect([3n, 4n, 5n, 6n, 7n].map((dividend) => divideHalfEven(dividend, 3n))).toEqual([
      1n,
      1n,
      2n,
      2n,
      2n,
    ]);
  });

  it("is nearest to the quotient, even on ties, and the same on both sides of 0", () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt({ min: 1n, max: 10n ** 12n }), (dividend, divisor) => {
        const quotient = divideHalfEven(dividend, divisor);
        const twiceOff = 2n * (dividend - quotient * divisor);
        const distance = twiceOff < 0n ? -twiceOff : twiceOff;
        expect(distance <= divisor).toBe(true);
        if (distance === divisor) expect(quotient % 2n).toBe(0n);
        expect(divideHalfEven(-dividend, divisor)).toBe(-quotient);
      }),
    );
  });
});

describe("usdFromNano", () => {
  it.each([
    [0, "0.00"],
    [1, "0.000000001"],
    [-1, "-0.000000001"],
    [155_400, "0.0001554"],
    [10_000_000, "0.01"],
    [999_999_999, "0.999999999"],
    [NANO_PER_USD, "1.00"],
    [4_400_000_000, "4.40"],
    [-4_400_000_000, "-4.40"],
    [MAX, "9007199.254740991"],
  ])("writes %d nanoUSD as %s", (amount, text) => {
    expect(usdFromNano(amount)).toBe(text);
  });

  it("refuses what is no integer", () => {
    expect(() => usdFromNano(0.5)).toThrow("amountNanoUsd");
  });
});

describe("usdFromAtto", () => {
  it.each([
    [0n, "0.00"],
    [1n, "0.000000000000000001"],
    [27_000_000_000_000n, "0.000027"],
    [76_800_000_000_000n, "0.0000768"],
    [10n ** 28n, "10000000000.00"],
    [-(10n ** 18n), "-1.00"],
    [10n ** 17n, "0.10"],
  ])("writes %d attoUSD as %s", (amount, text) => {
    expect(usdFromAtto(amount)).toBe(text);
  });
});

describe("nanoFromUsd", () => {
  it.each([
    ["0", 0],
    ["12.50", 12_500_000_000],
    ["0.000000001", 1],
    ["0.000000000", 0],
    ["9007199.254740991", MAX],
    ["007", 7_000_000_000],
  ])("reads %s", (usd, nano) => {
    expect(nanoFromUsd(usd)).toBe(nano);
  });

  it.each([
    ["one digit too many", "0.0000000001"],
    ["one nano-dollar too much", "9007199.254740992"],
    ["seventeen digits", "10000000000000000"],
    ["a sign", "-1"],
    ["a plus", "+1"],
    ["an exponent", "1e3"],
    ["no digit before the point", ".5"],
    ["no digit after the point", "5."],
    ["a comma", "1,50"],
    ["a space", " 1"],
    ["a line break", "1\n"],
    ["nothing", ""],
    ["a word", "NaN"],
    ["other digits", "١"],
  ])("refuses %s", (_what, usd) => {
    expect(nanoFromUsd(usd)).toBeUndefined();
  });

  it("reads back what usdFromNano writes", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (amount) => {
        expect(nanoFromUsd(usdFromNano(amount))).toBe(amount);
      }),
    );
  });
});

describe("attoPerTokenFromUsdPerMillion", () => {
  it.each([
    ["0.15", 150_000_000_000],
    ["0.00875", 8_750_000_000],
    ["0.083333333333", 83_333_333_333],
    ["0.000000000001", 1],
    ["600", 600_000_000_000_000],
    ["9007.199254740991", MAX],
  ])("reads %s dollars per million tokens", (usdPerMillion, atto) => {
    expect(attoPerTokenFromUsdPerMillion(usdPerMillion)).toBe(atto);
  });

  it.each(["0.0000000000001", "9007.199254740992", "-1", "1e-3", ""])(
    "refuses %j",
    (usdPerMillion) => {
      expect(attoPerTokenFromUsdPerMillion(usdPerMillion)).toBeUndefined();
    },
  );

  it("reads back what usdPerMillionFromAtto writes", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (rate) => {
        expect(attoPerTokenFromUsdPerMillion(usdPerMillionFromAtto(rate))).toBe(rate);
      }),
    );
  });
});
