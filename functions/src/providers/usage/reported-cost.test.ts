import { describe, expect, it } from "@jest/globals";
import { reportedCostNanoUsd } from "./reported-cost.ts";

describe("reportedCostNanoUsd", () => {
  it.each([
    [{ cost: 0.95 }, 950_000_000],
    [{ cost: 0.00014 }, 140_000],
    [{ cost: 1e-9 }, 1],
    [{ cost: 2.5e-9 }, 2],
    [{ cost: 3.5e-9 }, 4],
    [{ cost: 0.1 + 0.2 }, 300_000_000],
    [{ cost: 0 }, 0],
    [{ cost: 0.0005, is_byok: true, cost_details: { upstream_inference_cost: 0.01 } }, 10_500_000],
    [{ cost: 0.0005, is_byok: false, cost_details: { upstream_inference_cost: 0.0005 } }, 500_000],
    [{ cost: 0.0005, is_byok: true, cost_details: null }, 500_000],
    [{ cost_in_usd_ticks: 37_756_000 }, 3_775_600],
    [{ cost_in_usd_ticks: 25 }, 2],
  ])("reads %j", (usage, nano) => {
    expect(reportedCostNanoUsd(usage)).toBe(nano);
  });

  it.each([
    {},
    { cost: null },
    { cost: "0.95" },
    { cost: -1 },
    { cost: Number.NaN },
    { cost: Number.POSITIVE_INFINITY },
    { cost: 1e9 },
    { cost_in_usd_ticks: 0.5 },
    { cost_in_usd_ticks: -1 },
  ])("finds no cost in %j", (usage) => {
    expect(reportedCostNanoUsd(usage)).toBeNull();
  });
});
