import { describe, expect, it } from "@jest/globals";
import { billOf } from "../testing/golden-bills.ts";

/** What calls can be tracked of, but has no price: unknown is not free. */
const UNPRICED: readonly (readonly [string, string, object])[] = [
  [
    "a service tier without a price",
    "openai/gpt-4o",
    { prompt_tokens: 9, completion_tokens: 9, service_tier: "scale" },
  ],
  [
    "committed capacity",
    "anthropic/claude-opus-5",
    { input_tokens: 9, output_tokens: 9, service_tier: "priority" },
  ],
  [
    "a name that looks like a known one",
    "anthropic/claude-opus-55",
    { input_tokens: 9, output_tokens: 9 },
  ],
  ["a known name of another provider", "anthropic/gpt-4o", { input_tokens: 9, output_tokens: 9 }],
  [
    "a region that Amazon does not have",
    "aws/mars.amazon.nova-pro-v1:0",
    { inputTokens: 9, outputTokens: 9 },
  ],
  [
    "a variant that is not listed",
    "openrouter/openai/gpt-4o:gratis",
    { prompt_tokens: 9, completion_tokens: 9 },
  ],
];

describe("golden bills without a price", () => {
  it.each(UNPRICED)("has no price for %s", (_what, model, rawUsage) => {
    const { cost } = billOf(model, "2026-11-20", rawUsage);
    expect(cost).toMatchObject({ priceStatus: "unpriced", costNanoUsd: 0 });
  });

  it("bills a free model at nothing, and says so", () => {
    const usage = { prompt_tokens: 14, completion_tokens: 163, total_tokens: 177, cost: 0 };
    const { cost } = billOf("openrouter/z-ai/glm-4.5-air:free", "2026-11-20", usage);
    expect(cost).toMatchObject({ priceStatus: "free", costNanoUsd: 0 });
  });
});
