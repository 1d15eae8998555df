import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "azure/gpt-4.1",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 2033,
      completion_tokens: 557,
      total_tokens: 2590,
      prompt_tokens_details: { cached_tokens: 1920 },
    },
    "input 113 x 2 + cacheRead 1920 x 0.5 + output 557 x 8",
    "5642",
  ],
  [
    "azure/gpt-5-mini",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 19,
      completion_tokens: 50,
      total_tokens: 69,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 40 },
      service_tier: "priority",
    },
    "input 19 x 0.45 + output 10 x 3.6 + reasoning 40 x 3.6",
    "188.55",
  ],
  [
    "azure/us/gpt-4.1",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    "input 100 x 2.2 + output 10 x 8.8",
    "308",
  ],
  [
    "azure/text-embedding-3-large",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 100, total_tokens: 100 },
    "input 100 x 0.13",
    "13",
  ],
  [
    "azure/gpt-35-turbo",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
    "input 10 x 0.5 + output 10 x 1.5",
    "20",
  ],
  [
    "azure/gpt-5-pro-2025-10-06",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 13,
      output_tokens: 77,
      total_tokens: 90,
      output_tokens_details: { reasoning_tokens: 64 },
    },
    "input 13 x 15 + output 13 x 120 + reasoning 64 x 120",
    "9435",
  ],
  [
    "azure/claude-haiku-4-5-20251001",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 3,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 9511,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 1944,
    },
    "input 3 x 1 + cacheRead 9511 x 0.1 + output 1944 x 5",
    "10674.1",
  ],
];

itBills("Azure", BILLS);
