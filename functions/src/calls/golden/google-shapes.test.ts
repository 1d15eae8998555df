import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "google/models/gemini-2.5-pro",
    "2026-11-20T12:00:00Z",
    {
      promptTokenCount: 49,
      candidatesTokenCount: 12,
      totalTokenCount: 325,
      thoughtsTokenCount: 264,
    },
    "input 49 x 1.25 + output 12 x 10 + reasoning 264 x 10",
    "2821.25",
  ],
  [
    "google/gemini-2.5-pro",
    "2026-11-20T12:00:00Z",
    {
      promptTokenCount: 200000,
      candidatesTokenCount: 10,
      totalTokenCount: 200015,
      thoughtsTokenCount: 5,
      cachedContentTokenCount: 199999,
    },
    "input 1 x 1.25 + cacheRead 199999 x 0.125 + output 10 x 10 + reasoning 5 x 10",
    "25151.125",
  ],
  [
    "google/gemini-2.5-pro",
    "2026-11-20T12:00:00Z",
    {
      promptTokenCount: 200001,
      candidatesTokenCount: 10,
      totalTokenCount: 200016,
      thoughtsTokenCount: 5,
      cachedContentTokenCount: 200000,
    },
    "input 1 x 2.5 + cacheRead 200000 x 0.25 + output 10 x 15 + reasoning 5 x 15",
    "50227.5",
  ],
  [
    "google/gemini-2.0-flash",
    "2025-06-01T00:00:00Z",
    {
      promptTokenCount: 13,
      candidatesTokenCount: 194,
      totalTokenCount: 496,
      toolUsePromptTokenCount: 289,
    },
    "input 302 x 0.1 + output 194 x 0.4",
    "107.8",
  ],
  [
    "google/gemini-2.5-flash",
    "2026-11-20T12:00:00Z",
    {
      promptTokenCount: 1500,
      candidatesTokenCount: 20,
      totalTokenCount: 1520,
      cachedContentTokenCount: 600,
      promptTokensDetails: [
        { modality: "TEXT", tokenCount: 500 },
        { modality: "AUDIO", tokenCount: 1000 },
      ],
      cacheTokensDetails: [
        { modality: "AUDIO", tokenCount: 400 },
        { modality: "TEXT", tokenCount: 200 },
      ],
    },
    "input 300 x 0.3 + cacheRead 200 x 0.03 + audioIn 600 x 1 + audioCacheRead 400 x 0.1 + output 20 x 2.5",
    "786",
  ],
  [
    "google/gemini-3-flash-preview",
    "2026-11-20T12:00:00Z",
    {
      promptTokenCount: 5,
      candidatesTokenCount: 1,
      totalTokenCount: 57,
      thoughtsTokenCount: 51,
      trafficType: "ON_DEMAND_FLEX",
    },
    "input 5 x 0.25 + output 1 x 1.5 + reasoning 51 x 1.5",
    "79.25",
  ],
  [
    "google/google/gemini-2.5-pro",
    "2026-11-20T12:00:00Z",
    { prompt_tokens: 35, completion_tokens: 12, total_tokens: 109 },
    "input 35 x 1.25 + output 12 x 10 + reasoning 62 x 10",
    "783.75",
  ],
  [
    "google/claude-sonnet-4-5-20250929",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 3,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 500,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 10,
    },
    "input 3 x 3 + cacheRead 500 x 0.3 + output 10 x 15",
    "309",
  ],
];

itBills("Google, by name, tier and modality", BILLS);
