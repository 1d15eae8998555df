import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "xai/grok-4.7",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 32,
      completion_tokens: 9,
      total_tokens: 135,
      prompt_tokens_details: {
        text_tokens: 32,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: 6,
      },
      completion_tokens_details: { reasoning_tokens: 94 },
    },
    "input 26 x 2 + cacheRead 6 x 0.5 + output 9 x 6 + reasoning 94 x 6",
    "673",
  ],
  [
    "xai/grok-4.7",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 199999,
      completion_tokens: 1,
      total_tokens: 200000,
      prompt_tokens_details: {
        text_tokens: 199999,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: 0,
      },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    "input 199999 x 2 + output 1 x 6",
    "400004",
  ],
  [
    "xai/grok-4.7",
    "2026-11-20T12:00:00Z",
    {
      prompt_tokens: 200000,
      completion_tokens: 1,
      total_tokens: 200001,
      prompt_tokens_details: {
        text_tokens: 200000,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: 0,
      },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    "input 200000 x 4 + output 1 x 12",
    "800012",
  ],
  [
    "xai/grok-4.20",
    "2026-04-29T23:59:59Z",
    {
      prompt_tokens: 10,
      completion_tokens: 10,
      total_tokens: 30,
      prompt_tokens_details: {
        text_tokens: 10,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: 0,
      },
      completion_tokens_details: { reasoning_tokens: 10 },
    },
    "input 10 x 2 + output 10 x 6 + reasoning 10 x 6",
    "140",
  ],
  [
    "xai/grok-4.20",
    "2026-04-30T00:00:00Z",
    {
      prompt_tokens: 10,
      completion_tokens: 10,
      total_tokens: 30,
      prompt_tokens_details: {
        text_tokens: 10,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: 0,
      },
      completion_tokens_details: { reasoning_tokens: 10 },
    },
    "input 10 x 1.25 + output 10 x 2.5 + reasoning 10 x 2.5",
    "62.5",
  ],
  [
    "xai/grok-code-fast-1",
    "2026-01-10",
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 115,
      prompt_tokens_details: {
        text_tokens: 100,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: 60,
      },
      completion_tokens_details: { reasoning_tokens: 5 },
    },
    "input 40 x 0.2 + cacheRead 60 x 0.02 + output 10 x 1.5 + reasoning 5 x 1.5",
    "31.7",
  ],
];

itBills("xAI", BILLS);
