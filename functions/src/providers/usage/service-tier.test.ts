import { describe, expect, it } from "@jest/globals";
import batch from "../openai/__fixtures__/batch.json" with { type: "json" };
import { USAGE_CONVERTERS } from "../usage-converters.ts";
import { serviceTierOf } from "./service-tier.ts";

describe("serviceTierOf", () => {
  it.each([
    ["standard", {}],
    ["standard", { service_tier: null }],
    ["standard", { service_tier: "default" }],
    ["standard", { service_tier: "auto" }],
    ["standard", { service_tier: "standard", inference_geo: "global" }],
    ["standard", { serviceTier: { type: "default" } }],
    ["standard", { serviceTier: "SERVICE_TIER_STANDARD" }],
    ["standard", { trafficType: "ON_DEMAND" }],
    ["flex", { service_tier: "flex" }],
    ["flex", { serviceTier: "FLEX" }],
    ["flex", { trafficType: "ON_DEMAND_FLEX" }],
    ["flex", { traffic_type: "ON_DEMAND_FLEX" }],
    ["flex", { service_tier: "ServiceTier.FLEX" }],
    ["priority", { service_tier: "priority" }],
    ["priority", { service_tier: "fast" }],
    ["priority", { serviceTier: { type: "priority" } }],
    ["flex", { extra_properties: { google: { traffic_type: "ON_DEMAND_FLEX" } } }],
    ["priority", { extra_properties: { google: { traffic_type: "ON_DEMAND_PRIORITY" } } }],
    ["standard", { extra_properties: { google: { traffic_type: "ON_DEMAND" } } }],
    ["standard", { extra_properties: null }],
    ["batch", { service_tier: "batch" }],
    ["batch", { object: "batch" }],
    ["standard", { object: "chat.completion" }],
    ["fast", { service_tier: "standard", speed: "fast" }],
    ["us", { service_tier: "standard", inference_geo: "us" }],
    ["us-batch", { service_tier: "batch", inference_geo: "us" }],
    ["us-fast", { speed: "fast", inference_geo: "us" }],
    ["scale", { service_tier: "scale" }],
    ["provisioned_throughput", { trafficType: "PROVISIONED_THROUGHPUT" }],
    ["reserved", { serviceTier: { type: "reserved" } }],
  ])("says %s for %j", (tier, usage) => {
    expect(serviceTierOf([usage])).toBe(tier);
  });

  it("asks the answer around the usage when the usage says nothing", () => {
    expect(serviceTierOf([{ input_tokens: 1 }, { service_tier: "flex" }])).toBe("flex");
    expect(serviceTierOf([{ service_tier: "batch" }, { service_tier: "flex" }])).toBe("batch");
  });

  it("reads a batch, with the usage of all its lines", () => {
    for (const provider of ["openai", "azure"])
      expect(USAGE_CONVERTERS.get(provider)?.(batch)).toMatchObject({
        usage: {
          classes: { input: 476, cacheRead: 1024, output: 200, reasoning: 300 },
          status: "exact",
        },
        serviceTier: "batch",
      });
  });

  it("takes a line of a batch's results for one of a batch", () => {
    const body = { service_tier: "default" };
    const line = { custom_id: "a", response: { status_code: 200, body } };
    expect(serviceTierOf([{ prompt_tokens: 1 }, body, line.response, line])).toBe("batch");
    expect(serviceTierOf([{}, { key: "a", response: { usageMetadata: {} } }])).toBe("batch");
    expect(serviceTierOf([{}, { custom_id: "a" }])).toBe("standard");
    expect(serviceTierOf([{}, { key: "a", response: {} }])).toBe("standard");
  });
});
