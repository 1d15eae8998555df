import { describe, expect, it } from "@jest/globals";
import { bucketOf, LATENCY_BOUNDS_MS } from "./histogram.ts";

describe("bucketOf", () => {
  it.each([
    [0, "100"],
    [100, "100"],
    [101, "250"],
    [300_000, "300000"],
    [300_001, "inf"],
  ])("puts %d ms into the bucket %s", (durationMs, bucket) => {
    expect(bucketOf(durationMs, LATENCY_BOUNDS_MS)).toBe(bucket);
  });
});
