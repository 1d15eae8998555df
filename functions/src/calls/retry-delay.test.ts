import { describe, expect, it } from "@jest/globals";
import { type FailedSoFar, retryDelayMs } from "./retry-delay.ts";

const FAILED: FailedSoFar = {
  failure: { repeat: "later" },
  attempts: 1,
  retries: 2,
  leftMs: 540_000,
  random: 0,
};

describe("retryDelayMs", () => {
  it.each([
    [1, "at_once", 0],
    [2, "at_once", 500],
    [1, "later", 250],
    [2, "later", 500],
    [3, "later", 1_000],
    [4, "later", 2_000],
    [5, "later", 4_000],
    [9, "later", 4_000],
  ] as const)(
    "after %i attempts, to be repeated %s, waits at least %i ms",
    (attempts, repeat, ms) => {
      const failed = { ...FAILED, failure: { repeat }, attempts, retries: 10 };
      expect(retryDelayMs(failed)).toBe(ms);
      const most = retryDelayMs({ ...failed, random: 0.999_999 }) ?? 0;
      expect(most).toBe(ms * 2);
    },
  );

  it("knows no next attempt when none is left, or when it would fail alike", () => {
    expect(retryDelayMs({ ...FAILED, attempts: 2 })).toBeDefined();
    expect(retryDelayMs({ ...FAILED, attempts: 3 })).toBeUndefined();
    expect(retryDelayMs({ ...FAILED, retries: 0 })).toBeUndefined();
    expect(retryDelayMs({ ...FAILED, failure: {} })).toBeUndefined();
  });

  it.each([
    [0, 250],
    [50, 250],
    [251, 251],
    [1_000, 1_000],
    [10_000, 10_000],
    [10_001, undefined],
    [86_400_000, undefined],
  ])("given that the provider asks for %i ms, waits %s ms", (retryAfterMs, expected) => {
    const failure = { repeat: "later", retryAfterMs } as const;
    expect(retryDelayMs({ ...FAILED, failure })).toBe(expected);
  });

  it("does not wait beyond the request's own time limit", () => {
    const failure = { repeat: "later", retryAfterMs: 2_000 } as const;
    expect(retryDelayMs({ ...FAILED, failure, leftMs: 2_001 })).toBe(2_000);
    expect(retryDelayMs({ ...FAILED, failure, leftMs: 2_000 })).toBeUndefined();
    expect(retryDelayMs({ ...FAILED, leftMs: 250 })).toBeUndefined();
    const broken = { ...FAILED, failure: { repeat: "at_once" } } as const;
    expect(retryDelayMs({ ...broken, leftMs: 0 })).toBeUndefined();
    expect(retryDelayMs({ ...broken, leftMs: -5 })).toBeUndefined();
  });
});
