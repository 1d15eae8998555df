import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "openrouter/anthropic/claude-sonnet-4.5",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 194,
      completion_tokens: 2,
      total_tokens: 196,
      prompt_tokens_details: { cached_tokens: 50, cache_write_tokens: 100 },
      cost: 0.00095,
    },
    "input 44 x 3 + cacheRead 50 x 0.3 + cacheWrite5m 100 x 3.75 + output 2 x 15",
    "552",
  ],
  [
    "openrouter/openai/gpt-4o-mini",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    "input 100 x 0.15 + output 10 x 0.6",
    "21",
  ],
  [
    "openrouter/anthropic/claude-sonnet-4.5:batch",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    "input 100 x 1.5 + output 10 x 7.5",
    "225",
  ],
  [
    "openrouter/x-ai/grok-4",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 687,
      completion_tokens: 240,
      total_tokens: 927,
      prompt_tokens_details: { cached_tokens: 682 },
      completion_tokens_details: { reasoning_tokens: 165 },
    },
    "input 5 x 3 + cacheRead 682 x 0.75 + output 75 x 15 + reasoning 165 x 15",
    "4126.5",
  ],
];

itBills("OpenRouter", BILLS);
