import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { BudgetSetting } from "../budgets/set-budget.ts";
import { nanoFromUsd, usdFromNano } from "../core/money.ts";
import { listBudgetsRequest, setBudgetRequest } from "./budgets.ts";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";
import type { Fields } from "./testing/requests.ts";

const base: Fields = { scope: "user", scopeId: "*", unit: "usd", window: "month" };
const usd: Fields = { ...base, limitUsd: "12.50" };
const tokens: Fields = { ...base, unit: "tokens", limit: 1_000 };

describe("setBudget", () => {
  it("gives the limit in nanoUSD, thresholds in per mille, and the defaults", () => {
    const setting: BudgetSetting = parse(setBudgetRequest, usd);
    expect(setting).toEqual({
      ...base,
      name: null,
      limit: 12_500_000_000,
      thresholdsPerMille: [800, 1_000],
      enforcement: "alert",
      onStoreError: "deny",
      onUnknownPrice: "deny",
      downgradeTo: null,
    });
  });

  it("takes tokens and requests as integers", () => {
    expect(parse(setBudgetRequest, tokens).limit).toBe(1_000);
    expect(parse(setBudgetRequest, { ...tokens, unit: "requests", limit: 1 }).limit).toBe(1);
  });

  it.each<[Fields, string | undefined]>([
    [{ limitUsd: "0.000000001" }, undefined],
    [{ limitUsd: "1000000" }, undefined],
    [{ limitUsd: "1000000.000000001" }, "limitUsd: must be at most 1 000 000 USD"],
    [{ limitUsd: "0" }, "limitUsd: must be more than 0"],
    [
      { limitUsd: "0.0000000001" },
      'limitUsd: must be a decimal such as "12.50", with at most 9 decimals',
    ],
    [{ limitUsd: "-5" }, 'limitUsd: must be a decimal such as "12.50", with at most 9 decimals'],
    [{ limitUsd: "1e3" }, 'limitUsd: must be a decimal such as "12.50", with at most 9 decimals'],
    [{ limitUsd: "" }, 'limitUsd: must be a decimal such as "12.50", with at most 9 decimals'],
    [
      { limitUsd: "9".repeat(10_000) },
      'limitUsd: must be a decimal such as "12.50", with at most 9 decimals',
    ],
    [{ limitUsd: 12.5 }, "limitUsd: must be a string"],
    [{ limitUsd: undefined }, "limitUsd: is required (or limit, in nanoUSD)"],
    [{ limit: 5 }, "limit: must not be given together with limitUsd"],
    [{ limitUsd: undefined, limit: 1 }, undefined],
    [{ limitUsd: undefined, limit: 1_000_000_000_000_000 }, undefined],
    [{ limitUsd: undefined, limit: 1_000_000_000_000_001 }, "limit: must be at most 1 000 000 USD"],
    [{ unit: "tokens" }, "limitUsd: is for budgets in usd; tokens take limit"],
    [{ unit: "tokens", limitUsd: undefined }, "limit: is required"],
    [{ unit: "euros" }, 'unit: must be "usd" or "tokens" or "requests"'],
    [{ window: "week" }, 'window: must be "minute" or "day" or "month" or "lifetime"'],
    [{ scopeId: undefined }, "scopeId: is required"],
    [{ name: "x".repeat(100) }, undefined],
    [{ name: "x".repeat(101) }, "name: must be at most 100 characters"],
    [{ enforcement: "block" }, undefined],
    [{ name: null, downgradeTo: null }, undefined],
    [{ enforcement: "warn" }, 'enforcement: must be "alert" or "block"'],
    [{ onStoreError: "maybe" }, 'onStoreError: must be "deny" or "allow"'],
  ])("answers %j with %s", (fields, problem) => {
    expect(refusal(setBudgetRequest, { ...usd, ...fields })).toBe(problem);
  });

  it.each([
    [Number.MAX_SAFE_INTEGER, undefined],
    [2 ** 53, "limit: must be at most 9007199254740991"],
    [0, "limit: must be more than 0"],
    [-1, "limit: must be more than 0"],
    [1.5, "limit: must be an integer"],
    [Number.NaN, "limit: must be a finite number"],
    ["5", "limit: must be a number"],
  ])("answers a limit of %s tokens with %s", (limit, problem) => {
    expect(refusal(setBudgetRequest, { ...tokens, limit })).toBe(problem);
  });

  it.each<[unknown, number[] | string]>([
    [
      [1, 0.8, 0.8],
      [800, 1_000],
    ],
    [[0.001], [1]],
    [[10], [10_000]],
    [
      [0.29, 0.57, 1.005, 1.1, 2.675],
      [290, 570, 1_005, 1_100, 2_675],
    ],
    [[], "thresholds: must be at least 1 items"],
    [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], "thresholds: must be at most 5 items"],
    [[0], "thresholds[0]: must be more than 0"],
    [[-0.5], "thresholds[0]: must be more than 0"],
    [[10.001], "thresholds[0]: must be at most 10"],
    [[0.5, 0.8001], "thresholds[1]: must have at most 3 decimals"],
    [[0.0004], "thresholds[0]: must have at most 3 decimals"],
    [["0.8"], "thresholds[0]: must be a number"],
    [0.8, "thresholds: must be a list"],
  ])("answers thresholds %j with %j", (thresholds, answer) => {
    const request = { ...usd, thresholds };
    if (typeof answer === "string") expect(refusal(setBudgetRequest, request)).toBe(answer);
    else expect(parse(setBudgetRequest, request).thresholdsPerMille).toEqual(answer);
  });

  it("takes every whole per mille up to 10", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (perMille) => {
        const request = { ...usd, thresholds: [perMille / 1_000] };
        expect(parse(setBudgetRequest, request).thresholdsPerMille).toEqual([perMille]);
      }),
    );
  });

  it("takes every amount to the nano-dollar", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000_000_000 }), (nanoUsd) => {
        const limitUsd = usdFromNano(nanoUsd);
        expect(parse(setBudgetRequest, { ...usd, limitUsd }).limit).toBe(nanoFromUsd(limitUsd));
        expect(nanoFromUsd(limitUsd)).toBe(nanoUsd);
      }),
    );
  });
});

describe("a budget's scope id", () => {
  const said = (scope: string, length: number) =>
    refusal(setBudgetRequest, { ...usd, scope, scopeId: "x".repeat(length) });

  it("is as long as other ids, and for a session as long as two encoded ones", () => {
    expect(said("user", 128)).toBeUndefined();
    expect(said("user", 129)).toBe("scopeId: must be at most 128 characters");
    expect(said("session", 401)).toBeUndefined();
    expect(said("session", 402)).toBe("scopeId: must be at most 401 characters");
  });
});

describe("listBudgets", () => {
  it("lists all scopes, 50 a page, unless told", () => {
    expect(parse(listBudgetsRequest, {})).toEqual({ limit: 50 });
    expect(refusal(listBudgetsRequest, { scope: "team" })).toMatch(
      /^scope: must be "user" or "key"/,
    );
  });
});
