import { type Bill, itBills } from "../testing/golden-bills.ts";

/** Bills of models that the book has known since 2026-11-30. */
const NOW = "2026-11-27T12:00:00Z";

const chat = (prompt_tokens: number, completion_tokens: number, cached_tokens = 0) => ({
  prompt_tokens,
  completion_tokens,
  total_tokens: prompt_tokens + completion_tokens,
  prompt_tokens_details: { cached_tokens },
});

const OPENAI: readonly Bill[] = [
  ["babbage-002", NOW, chat(100, 10), "input 100 x 0.4 + output 10 x 0.4", "44"],
  ["davinci-002", NOW, chat(100, 10), "input 100 x 2 + output 10 x 2", "220"],
  ["ft:gpt-4-0613:acme::abc", NOW, chat(100, 10), "input 100 x 30 + output 10 x 60", "3600"],
  [
    "gpt-6-cyber",
    NOW,
    chat(100, 10, 40),
    "input 60 x 20 + cacheRead 40 x 2 + output 10 x 100",
    "2280",
  ],
  [
    "gpt-4o-realtime-preview-2024-10-01",
    "2024-11-01T12:00:00Z",
    {
      total_tokens: 120,
      input_tokens: 90,
      output_tokens: 30,
      input_token_details: {
        text_tokens: 40,
        audio_tokens: 50,
        cached_tokens: 30,
        cached_tokens_details: { text_tokens: 10, audio_tokens: 20 },
      },
      output_token_details: { text_tokens: 10, audio_tokens: 20 },
    },
    "input 30 x 5 + cacheRead 10 x 2.5 + audioIn 30 x 100 + audioCacheRead 20 x 20 + output 10 x 20 + audioOut 20 x 200",
    "7775",
  ],
];

const MISTRAL: readonly Bill[] = [
  [
    "mistral/voxtral-small-2507",
    "2026-08-10T12:00:00Z",
    chat(100, 10),
    "input 100 x 0.1 + output 10 x 0.3",
    "13",
  ],
  [
    "mistral/voxtral-small-latest",
    "2026-08-11T00:00:00Z",
    chat(100, 10),
    "input 100 x 0.1 + output 10 x 0.4",
    "14",
  ],
];

const converse = (inputTokens: number, outputTokens: number, cacheReadInputTokens = 0) => ({
  inputTokens,
  outputTokens,
  totalTokens: inputTokens + outputTokens + cacheReadInputTokens,
  cacheReadInputTokens,
  cacheWriteInputTokens: 0,
});

const AWS: readonly Bill[] = [
  [
    "aws/us.moonshotai.kimi-k3.1",
    NOW,
    { ...converse(100, 10, 50), serviceTier: { type: "priority" } },
    "input 100 x 7.7 + cacheRead 50 x 0.385 + output 10 x 38.5",
    "1174.25",
  ],
  [
    "aws/global.moonshotai.kimi-k3.1",
    NOW,
    { ...converse(100, 10, 50), serviceTier: { type: "flex" } },
    "input 100 x 2 + cacheRead 50 x 0.1 + output 10 x 10",
    "305",
  ],
  [
    "aws/mistral.voxtral-small-24b-2507",
    NOW,
    converse(100, 10),
    "input 100 x 0.1 + output 10 x 0.3",
    "13",
  ],
  [
    "aws/us-gov.xai.grok-4.7",
    NOW,
    converse(100, 10, 50),
    "input 100 x 2.64 + cacheRead 50 x 0.66 + output 10 x 7.92",
    "376.2",
  ],
];

const AZURE: readonly Bill[] = [
  ["azure/global/gpt-5.1", NOW, chat(100, 10), "input 100 x 1.25 + output 10 x 10", "225"],
  [
    "azure/us/gpt-realtime-2.1",
    NOW,
    {
      total_tokens: 120,
      input_tokens: 90,
      output_tokens: 30,
      input_token_details: { text_tokens: 40, audio_tokens: 50, cached_tokens: 0 },
      output_token_details: { text_tokens: 10, audio_tokens: 20 },
    },
    "input 40 x 4.4 + audioIn 50 x 35.2 + output 10 x 26.4 + audioOut 20 x 70.4",
    "3608",
  ],
];

const GOOGLE: readonly Bill[] = [
  [
    "google/gemini-4-hydrogen",
    NOW,
    { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 },
    "input 100 x 1.5 + output 10 x 7.5",
    "225",
  ],
];

itBills("OpenAI, as added", OPENAI);
itBills("Mistral, as added", MISTRAL);
itBills("Bedrock, as added", AWS);
itBills("Azure, as added", AZURE);
itBills("Google, as added", GOOGLE);
