import { type Bill, itBills } from "../testing/golden-bills.ts";

/** Both sides of the days on which a price changed, or a `-latest` name moved. */

const gemini = (text: number, cached: number, audio = 0) => ({
  promptTokenCount: text + cached + audio,
  candidatesTokenCount: 10,
  totalTokenCount: text + cached + audio + 10,
  promptTokensDetails: [
    { modality: "TEXT", tokenCount: text + cached },
    ...(audio ? [{ modality: "AUDIO", tokenCount: audio }] : []),
  ],
  ...(cached
    ? {
        cachedContentTokenCount: cached,
        cacheTokensDetails: [{ modality: "TEXT", tokenCount: cached }],
      }
    : {}),
});

const GOOGLE: readonly Bill[] = [
  [
    "google/gemini-2.5-pro",
    "2025-10-30T23:59:59.999Z",
    gemini(100, 80),
    "input 100 x 1.25 + cacheRead 80 x 0.3125 + output 10 x 10",
    "250",
  ],
  [
    "google/gemini-2.5-pro",
    "2025-10-31T00:00:00Z",
    gemini(100, 80),
    "input 100 x 1.25 + cacheRead 80 x 0.125 + output 10 x 10",
    "235",
  ],
  [
    "google/gemini-2.5-pro",
    "2025-08-01T00:00:00Z",
    gemini(200_000, 1),
    "input 200000 x 2.5 + cacheRead 1 x 0.625 + output 10 x 15",
    "500150.625",
  ],
  [
    "google/gemini-2.5-flash",
    "2025-08-01T00:00:00Z",
    gemini(100, 40, 20),
    "input 100 x 0.3 + cacheRead 40 x 0.075 + audioIn 20 x 1 + output 10 x 2.5",
    "78",
  ],
  [
    "google/gemini-2.5-flash-lite-preview-06-17",
    "2025-07-21T23:59:59Z",
    gemini(100, 40, 20),
    "input 100 x 0.1 + cacheRead 40 x 0.025 + audioIn 20 x 0.5 + output 10 x 0.4",
    "25",
  ],
  [
    "google/gemini-2.5-flash-lite",
    "2025-07-22T00:00:00Z",
    gemini(100, 40, 20),
    "input 100 x 0.1 + cacheRead 40 x 0.025 + audioIn 20 x 0.3 + output 10 x 0.4",
    "21",
  ],
  [
    "google/gemini-2.5-flash-lite",
    "2025-10-31T00:00:00Z",
    gemini(100, 40, 20),
    "input 100 x 0.1 + cacheRead 40 x 0.01 + audioIn 20 x 0.3 + output 10 x 0.4",
    "20.4",
  ],
  [
    "google/gemini-3.6-flash",
    "2026-08-12T12:00:00Z",
    gemini(100, 0),
    "input 100 x 1.5 + output 10 x 7.5",
    "225",
  ],
  [
    "google/gemini-3.6-flash",
    "2026-08-13T00:00:00Z",
    gemini(100, 0),
    "input 100 x 0.75 + output 10 x 3.75",
    "112.5",
  ],
];

const LATEST = (name: string, ...days: readonly [string, string, string][]): Bill[] =>
  days.map(([day, lines, microUsd]) => [
    `google/${name}`,
    `${day}Z`,
    gemini(100, 0),
    lines,
    microUsd,
  ]);

const ALIASES: readonly Bill[] = [
  ...LATEST(
    "gemini-flash-latest",
    ["2026-01-20T23:59:59", "input 100 x 0.3 + output 10 x 2.5", "55"],
    ["2026-01-21T00:00:00", "input 100 x 0.5 + output 10 x 3", "80"],
    ["2026-05-19T00:00:00", "input 100 x 1.5 + output 10 x 9", "240"],
    ["2026-07-21T00:00:00", "input 100 x 1.5 + output 10 x 7.5", "225"],
    ["2026-11-27T00:00:00", "input 100 x 0.75 + output 10 x 3.75", "112.5"],
  ),
  ...LATEST(
    "gemini-flash-lite-latest",
    ["2026-05-06T23:59:59", "input 100 x 0.1 + output 10 x 0.4", "14"],
    ["2026-05-07T00:00:00", "input 100 x 0.25 + output 10 x 1.5", "40"],
    ["2026-07-21T00:00:00", "input 100 x 0.3 + output 10 x 2.5", "55"],
  ),
  ...LATEST(
    "gemini-pro-latest",
    ["2026-01-20T23:59:59", "input 100 x 1.25 + output 10 x 10", "225"],
    ["2026-01-21T00:00:00", "input 100 x 2 + output 10 x 12", "320"],
  ),
];

const chat = (prompt_tokens: number, completion_tokens: number, cached_tokens = 0) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  prompt_tokens_details: { cached_tokens },
});

const AZURE: readonly Bill[] = [
  ["azure/gpt-4o", "2024-10-01T23:59:59Z", chat(100, 10), "input 100 x 5 + output 10 x 15", "650"],
  [
    "azure/gpt-4o",
    "2024-10-02T00:00:00Z",
    chat(100, 10),
    "input 100 x 2.5 + output 10 x 10",
    "350",
  ],
  [
    "azure/gpt-4o-2024-08-06",
    "2024-09-01T00:00:00Z",
    chat(100, 10),
    "input 100 x 2.5 + output 10 x 10",
    "350",
  ],
  [
    "azure/o3",
    "2025-06-09T23:59:59Z",
    chat(100, 10, 40),
    "input 60 x 10 + cacheRead 40 x 2.5 + output 10 x 40",
    "1100",
  ],
  [
    "azure/o3-2025-04-16",
    "2025-06-10T00:00:00Z",
    chat(100, 10, 40),
    "input 60 x 2 + cacheRead 40 x 0.5 + output 10 x 8",
    "220",
  ],
  ["azure/o1-mini", "2025-01-30T12:00:00Z", chat(100, 10), "input 100 x 3 + output 10 x 12", "420"],
  [
    "azure/o1-mini",
    "2025-01-31T00:00:00Z",
    chat(100, 10),
    "input 100 x 1.1 + output 10 x 4.4",
    "154",
  ],
];

const XAI: readonly Bill[] = [
  [
    "xai/grok-4",
    "2025-12-01T00:00:00Z",
    chat(128_000, 10),
    "input 128000 x 3 + output 10 x 15",
    "384150",
  ],
  [
    "xai/grok-4-0709",
    "2025-12-01T00:00:00Z",
    chat(128_001, 10),
    "input 128001 x 6 + output 10 x 30",
    "768306",
  ],
];

itBills("Google's past", GOOGLE);
itBills("Google's latest", ALIASES);
itBills("Azure's past", AZURE);
itBills("xAI's edge", XAI);
