import { type Bill, itBills } from "../testing/golden-bills.ts";

/** Bills at prices and by names that the book lacked until 2026-12-01. */
const NOW = "2026-11-27T12:00:00Z";

const chat = (prompt_tokens: number, completion_tokens: number, service_tier = "default") => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  service_tier,
});

const fast = (input_tokens: number, inference_geo = "global") => ({
  input_tokens,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 100,
  cache_creation: { ephemeral_5m_input_tokens: 10, ephemeral_1h_input_tokens: 20 },
  output_tokens: 10,
  service_tier: "standard",
  speed: "fast",
  inference_geo,
});

const TWO_SIDES = (model: string): readonly Bill[] =>
  ["batch", "flex"].flatMap((tier): Bill[] => [
    [model, NOW, chat(272_000, 10, tier), "input 272000 x 15 + output 10 x 90", "4080900"],
    [model, NOW, chat(272_001, 10, tier), "input 272001 x 30 + output 10 x 135", "8161380"],
  ]);

const AZURE: readonly Bill[] = [
  ...TWO_SIDES("azure/gpt-5.5-pro"),
  ["azure/DeepSeek-R1", NOW, chat(100, 10), "input 100 x 1.35 + output 10 x 5.4", "189"],
  ["azure/DeepSeek-V3-0324", NOW, chat(100, 10), "input 100 x 1.14 + output 10 x 4.56", "159.6"],
  [
    "azure/gpt-5.3-codex-2026-02-24",
    NOW,
    chat(100, 10),
    "input 100 x 1.75 + output 10 x 14",
    "315",
  ],
  [
    "azure/us/gpt-5.3-codex-2026-02-24",
    NOW,
    chat(100, 10),
    "input 100 x 1.925 + output 10 x 15.4",
    "346.5",
  ],
  [
    "azure/o3-deep-research-2025-06-26",
    NOW,
    chat(100, 10),
    "input 100 x 10 + output 10 x 40",
    "1400",
  ],
  ["azure/codex-mini-2025-05-15", NOW, chat(100, 10), "input 100 x 1.5 + output 10 x 6", "210"],
];

const ANTHROPIC: readonly Bill[] = [
  [
    "anthropic/claude-opus-4-6",
    NOW,
    fast(199_871),
    "input 199871 x 30 + cacheRead 100 x 3 + cacheWrite5m 10 x 37.5 + cacheWrite1h 20 x 60 + output 10 x 150",
    "5999505",
  ],
  [
    "anthropic/claude-opus-4-6",
    "2026-03-12T12:00:00Z",
    fast(199_870),
    "input 199870 x 30 + cacheRead 100 x 3 + cacheWrite5m 10 x 37.5 + cacheWrite1h 20 x 60 + output 10 x 150",
    "5999475",
  ],
  [
    "anthropic/claude-opus-4-6",
    "2026-03-12T12:00:00Z",
    fast(199_871),
    "input 199871 x 60 + cacheRead 100 x 6 + cacheWrite5m 10 x 75 + cacheWrite1h 20 x 120 + output 10 x 225",
    "11998260",
  ],
  [
    "anthropic/claude-opus-4-6",
    NOW,
    fast(100, "us"),
    "input 100 x 33 + cacheRead 100 x 3.3 + cacheWrite5m 10 x 41.25 + cacheWrite1h 20 x 66 + output 10 x 165",
    "7012.5",
  ],
  [
    "anthropic/claude-opus-4-7",
    NOW,
    fast(100),
    "input 100 x 30 + cacheRead 100 x 3 + cacheWrite5m 10 x 37.5 + cacheWrite1h 20 x 60 + output 10 x 150",
    "6375",
  ],
];

const audio = (promptTokenCount: number) => ({
  promptTokenCount,
  promptTokensDetails: [
    { modality: "TEXT", tokenCount: promptTokenCount - 100 },
    { modality: "AUDIO", tokenCount: 100 },
  ],
  candidatesTokenCount: 10,
  totalTokenCount: promptTokenCount + 10,
});

const GOOGLE: readonly Bill[] = ["03-25", "05-06", "06-05"].flatMap((day): Bill[] => [
  [
    `google/gemini-2.5-pro-preview-${day}`,
    "2025-06-20T12:00:00Z",
    audio(200_000),
    "input 199900 x 1.25 + audioIn 100 x 1.25 + output 10 x 10",
    "250100",
  ],
  [
    `google/gemini-2.5-pro-preview-${day}`,
    NOW,
    audio(200_001),
    "input 199901 x 2.5 + audioIn 100 x 2.5 + output 10 x 15",
    "500152.5",
  ],
]);

const MISTRAL: readonly Bill[] = [
  [
    "mistral/codestral-latest",
    NOW,
    { ...chat(100, 10, "batch"), num_cached_tokens: 40 },
    "input 60 x 0.15 + cacheRead 40 x 0.015 + output 10 x 0.45",
    "14.1",
  ],
];

itBills("OpenAI, as completed", TWO_SIDES("openai/gpt-5.5-pro"));
itBills("Azure, as completed", AZURE);
itBills("Anthropic, as completed", ANTHROPIC);
itBills("Google, as completed", GOOGLE);
itBills("Mistral, as completed", MISTRAL);
