import { type Bill, itBills } from "../testing/golden-bills.ts";

/** Bills at prices that the book had otherwise, or not at all, until 2026-11-30. */
const NOW = "2026-11-27T12:00:00Z";

const openai = (prompt_tokens: number, completion_tokens: number, cached_tokens = 0) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  prompt_tokens_details: { cached_tokens },
});

const AZURE: readonly Bill[] = [
  ["azure/deepseek-r1", NOW, openai(100, 10), "input 100 x 1.35 + output 10 x 5.4", "189"],
  ["azure/deepseek-v3.2", NOW, openai(100, 10), "input 100 x 0.58 + output 10 x 1.68", "74.8"],
  [
    "azure/deepseek-v4-flash",
    NOW,
    openai(100, 10, 40),
    "input 60 x 0.19 + cacheRead 40 x 0.028 + output 10 x 0.51",
    "17.62",
  ],
  [
    "azure/deepseek-v4-pro",
    "2026-08-17T02:00:00Z", // DeepSeek's own peak, which is none on Azure
    openai(100, 10, 40),
    "input 60 x 1.74 + cacheRead 40 x 0.145 + output 10 x 3.48",
    "145",
  ],
  [
    "azure/DeepSeek-V4-Flash-0731",
    NOW,
    openai(100, 10, 40),
    "input 60 x 0.44 + cacheRead 40 x 0.014 + output 10 x 1.32",
    "40.16",
  ],
  ["azure/gpt-oss-120b", NOW, openai(100, 10), "input 100 x 0.15 + output 10 x 0.6", "21"],
  ["azure/grok-3-mini", NOW, openai(100, 10), "input 100 x 0.25 + output 10 x 1.27", "37.7"],
  [
    "azure/mistral-large-latest",
    "2024-07-23T12:00:00Z",
    openai(100, 10),
    "input 100 x 8 + output 10 x 24",
    "1040",
  ],
  [
    "azure/mistral-large-latest",
    "2024-07-24T00:00:00Z",
    openai(100, 10),
    "input 100 x 2 + output 10 x 6",
    "260",
  ],
  ["azure/mistral-large-2402", NOW, openai(100, 10), "input 100 x 8 + output 10 x 24", "1040"],
  [
    "azure/gpt-4o-realtime-preview-2024-10-01",
    "2025-01-15T12:00:00Z",
    {
      total_tokens: 120,
      input_tokens: 90,
      output_tokens: 30,
      input_token_details: { text_tokens: 40, audio_tokens: 50, cached_tokens: 0 },
      output_token_details: { text_tokens: 10, audio_tokens: 20 },
    },
    "input 40 x 5 + audioIn 50 x 100 + output 10 x 20 + audioOut 20 x 200",
    "9400",
  ],
];

const GEMINI = (promptTokenCount: number) => ({
  promptTokenCount,
  candidatesTokenCount: 10,
  totalTokenCount: promptTokenCount + 10,
  cachedContentTokenCount: 1_000,
  cacheTokensDetails: [{ modality: "TEXT", tokenCount: 1_000 }],
  trafficType: "ON_DEMAND_FLEX",
});

const GOOGLE: readonly Bill[] = [
  [
    "google/gemini-2.5-pro",
    NOW,
    GEMINI(200_000),
    "input 199000 x 0.625 + cacheRead 1000 x 0.125 + output 10 x 5",
    "124550",
  ],
  [
    "google/gemini-2.5-pro",
    NOW,
    GEMINI(200_001),
    "input 199001 x 1.25 + cacheRead 1000 x 0.25 + output 10 x 7.5",
    "249076.25",
  ],
  [
    "google/gemini-3.1-pro-preview-customtools",
    NOW,
    GEMINI(200_001),
    "input 199001 x 2 + cacheRead 1000 x 0.4 + output 10 x 9",
    "398492",
  ],
];

const OPENROUTER: readonly Bill[] = [
  [
    "openrouter/perplexity/sonar-deep-research",
    NOW,
    { ...openai(100, 50), completion_tokens_details: { reasoning_tokens: 40 } },
    "input 100 x 2 + output 10 x 8 + reasoning 40 x 3",
    "400",
  ],
  [
    "openrouter/google/gemini-3.5-flash-lite",
    NOW,
    {
      prompt_tokens: 3_000_000,
      completion_tokens: 0,
      total_tokens: 3_000_000,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 3_000_000 },
    },
    "cacheWrite5m 3000000 x 0.083333333333", // 3 x 1/12 dollar: 0.249 999 999 999, with 6 decimals 0.249 999
    "249999.999999",
  ],
  [
    "openrouter/google/gemini-3.8-flash",
    NOW,
    {
      prompt_tokens: 30,
      completion_tokens: 10,
      total_tokens: 40,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 24 },
    },
    "input 6 x 0.75 + cacheWrite5m 24 x 0.041666666667 + output 10 x 3.75",
    "43.000000000008",
  ],
];

const BATCH = {
  inputTokens: 100,
  outputTokens: 10,
  totalTokens: 110,
  serviceTier: { type: "batch" },
};

const AWS: readonly Bill[] = [
  ["aws/us.anthropic.claude-opus-5", NOW, BATCH, "input 100 x 2.75 + output 10 x 13.75", "412.5"],
  ["aws/global.anthropic.claude-opus-5", NOW, BATCH, "input 100 x 2.5 + output 10 x 12.5", "375"],
  ["aws/us-gov.anthropic.claude-opus-5", NOW, BATCH, "input 100 x 3 + output 10 x 15", "450"],
];

itBills("Bedrock, as corrected", AWS);
itBills("OpenAI, as corrected", [
  [
    "gpt-4.5-preview",
    "2025-04-01T12:00:00Z",
    { ...openai(100, 10), service_tier: "batch" },
    "input 100 x 37.5 + output 10 x 75",
    "4500",
  ],
]);
itBills("Azure, as corrected", AZURE);
itBills("Google, as corrected", GOOGLE);
itBills("OpenRouter, as corrected", OPENROUTER);
