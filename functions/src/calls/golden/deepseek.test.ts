import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "deepseek/deepseek-flash",
    "2026-11-20T07:00:00Z",
    {
      prompt_tokens: 1010,
      completion_tokens: 100,
      total_tokens: 1110,
      prompt_cache_hit_tokens: 1000,
      prompt_cache_miss_tokens: 10,
    },
    "input 10 x 0.3 + cacheRead 1000 x 0.006 + output 100 x 1.2",
    "129",
  ],
  [
    "deepseek/deepseek-flash",
    "2026-11-20T11:00:00Z",
    {
      prompt_tokens: 1010,
      completion_tokens: 100,
      total_tokens: 1110,
      prompt_cache_hit_tokens: 1000,
      prompt_cache_miss_tokens: 10,
    },
    "input 10 x 0.15 + cacheRead 1000 x 0.003 + output 100 x 0.6",
    "64.5",
  ],
  [
    "deepseek/deepseek-v4-flash",
    "2026-09-01T11:00:00Z",
    {
      prompt_tokens: 1010,
      completion_tokens: 100,
      total_tokens: 1110,
      prompt_cache_hit_tokens: 1000,
      prompt_cache_miss_tokens: 10,
    },
    "input 10 x 0.22 + cacheRead 1000 x 0.007 + output 100 x 0.66",
    "75.2",
  ],
  [
    "deepseek/deepseek-chat",
    "2025-11-20T17:00:00Z",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
    },
    "input 36 x 0.28 + cacheRead 64 x 0.028 + output 10 x 0.42",
    "16.072",
  ],
  [
    "deepseek/deepseek-reasoner",
    "2025-08-01T16:29:59Z",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 100,
    },
    "input 100 x 0.55 + output 10 x 2.19",
    "76.9",
  ],
  [
    "deepseek/deepseek-reasoner",
    "2025-08-01T16:30:00Z",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 100,
    },
    "input 100 x 0.135 + output 10 x 0.55",
    "19",
  ],
  [
    "deepseek/deepseek-reasoner",
    "2025-08-02T00:29:59Z",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 100,
    },
    "input 100 x 0.135 + output 10 x 0.55",
    "19",
  ],
  [
    "deepseek/deepseek-reasoner",
    "2025-08-02T00:30:00Z",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 100,
    },
    "input 100 x 0.55 + output 10 x 2.19",
    "76.9",
  ],
];

itBills("DeepSeek", BILLS);
