import { describe, expect, it } from "@jest/globals";
import type { TokenClasses, Usage } from "../core/tokens.ts";
import {
  believedUsage,
  isBelievable,
  isSure,
  MAX_BELIEVABLE_TOKENS,
  readUsage,
} from "./believed-usage.ts";

const COUNTED = { inputTokens: 12, outputTokens: 3 };
const exact: Usage = { classes: { input: 10, output: 5 }, status: "exact" };

/** Each of them makes `totalTokens` throw. */
const ABSURD: readonly TokenClasses[] = [
  { input: 2 ** 53 - 1, output: 5 },
  { input: 2 ** 53 },
  { input: -1, output: 6 },
  { output: 0.5 },
  { input: Number.NaN },
];

describe("believedUsage", () => {
  it("takes an exact usage as it is", () => {
    expect(believedUsage(exact, COUNTED)).toBe(exact);
  });

  it("keeps the counts of a doubtful one, as an estimate that says why", () => {
    expect(believedUsage(exact, COUNTED, "model_differs")).toEqual({
      classes: exact.classes,
      status: "estimated",
      estimatedBecause: "model_differs",
    });
  });

  it("keeps what a provider's converter could still believe, and its reason", () => {
    const partly: Usage = { ...exact, status: "estimated", estimatedBecause: "usage_inconsistent" };
    expect(believedUsage(partly, COUNTED, "model_unknown")).toEqual(partly);
  });

  it.each<[string, Usage, string]>([
    [
      "nothing",
      { classes: {}, status: "estimated", estimatedBecause: "usage_missing" },
      "usage_missing",
    ],
    ["zero tokens", { classes: {}, status: "exact" }, "usage_inconsistent"],
    [
      "more than any model takes",
      { classes: { input: MAX_BELIEVABLE_TOKENS + 1 }, status: "exact" },
      "usage_inconsistent",
    ],
    ...ABSURD.map((classes): [string, Usage, string] => [
      `what has no sum, ${JSON.stringify(classes)}`,
      { classes, status: "exact" },
      "usage_inconsistent",
    ]),
  ])("counts for itself when it was told %s", (_what, reported, estimatedBecause) => {
    expect(believedUsage(reported, COUNTED)).toEqual({
      classes: { input: 12, output: 3 },
      status: "estimated",
      estimatedBecause,
    });
  });
});

describe("isBelievable", () => {
  it("ends at a hundred million tokens, the classes together", () => {
    const usage = (output: number): Usage => ({ classes: { input: 1, output }, status: "exact" });
    expect(isBelievable(usage(MAX_BELIEVABLE_TOKENS - 1))).toBe(true);
    expect(isBelievable(usage(MAX_BELIEVABLE_TOKENS))).toBe(false);
  });

  it.each(ABSURD)("says no to what has no sum, and throws for nothing: %j", (classes) => {
    expect(isBelievable({ classes, status: "exact" })).toBe(false);
    expect(isSure({ classes, status: "exact" })).toBe(false);
  });
});

describe("isSure", () => {
  it("wants some tokens", () => {
    expect(isSure(exact)).toBe(true);
    expect(isSure({ classes: { input: 0 }, status: "exact" })).toBe(false);
    expect(isSure({ ...exact, status: "estimated" })).toBe(false);
  });
});

describe("readUsage", () => {
  it("takes a converter that throws for a usage that cannot be read", () => {
    const failing = () => {
      throw new RangeError("no sum");
    };
    expect(readUsage(failing, {})).toEqual({
      classes: {},
      status: "estimated",
      estimatedBecause: "usage_malformed",
    });
    expect(readUsage(() => exact, {})).toBe(exact);
  });
});
