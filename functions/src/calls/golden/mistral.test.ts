import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "mistral/mistral-large-2512",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 900, completion_tokens: 29, total_tokens: 929, num_cached_tokens: 640 },
    "input 260 x 0.5 + cacheRead 640 x 0.05 + output 29 x 1.5",
    "205.5",
  ],
  [
    "mistral/mistral-medium-latest",
    "2026-06-15T23:59:59Z",
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    "input 100 x 0.4 + output 10 x 2",
    "60",
  ],
  [
    "mistral/mistral-medium-latest",
    "2026-06-16T00:00:00Z",
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    "input 100 x 1.5 + output 10 x 7.5",
    "225",
  ],
  [
    "mistral/mistral-large-4",
    "2026-10-28",
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
    "input 100 x 1.36 + output 10 x 4.18",
    "177.8",
  ],
  [
    "mistral/mistral-large-4",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_tokens_details: { cached_tokens: 50 },
    },
    "input 50 x 0.7 + cacheRead 50 x 0.07 + output 10 x 2.1",
    "59.5",
  ],
  [
    "mistral/mistral-embed",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 33, total_tokens: 33, completion_tokens: 0 },
    "input 33 x 0.1",
    "3.3",
  ],
];

itBills("Mistral", BILLS);
