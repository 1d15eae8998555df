import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "aws/amazon.nova-micro-v1:0",
    "2026-11-20T12:00:00Z",
    {
      inputTokens: 100,
      outputTokens: 10,
      totalTokens: 1110,
      cacheReadInputTokens: 1000,
      cacheWriteInputTokens: 0,
    },
    "input 100 x 0.035 + cacheRead 1000 x 0.00875 + output 10 x 0.14",
    "13.65",
  ],
  [
    "aws/us.amazon.nova-pro-v1:0",
    "2026-11-20T12:00:00Z",
    {
      inputTokens: 100,
      outputTokens: 10,
      totalTokens: 110,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
      serviceTier: { type: "flex" },
    },
    "input 100 x 0.4 + output 10 x 1.6",
    "56",
  ],
  [
    "aws/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "2026-11-20T12:00:00Z",
    {
      inputTokens: 40,
      outputTokens: 120,
      totalTokens: 2660,
      cacheReadInputTokens: 2000,
      cacheWriteInputTokens: 500,
      cacheDetails: [
        { ttl: "1h", inputTokens: 300 },
        { ttl: "5m", inputTokens: 200 },
      ],
    },
    "input 40 x 3.3 + cacheRead 2000 x 0.33 + cacheWrite5m 200 x 4.125 + cacheWrite1h 300 x 6.6 + output 120 x 16.5",
    "5577",
  ],
  [
    "aws/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "2026-11-20T12:00:00Z",
    {
      inputTokens: 40,
      outputTokens: 120,
      totalTokens: 2660,
      cacheReadInputTokens: 2000,
      cacheWriteInputTokens: 500,
      cacheDetails: [
        { ttl: "1h", inputTokens: 300 },
        { ttl: "5m", inputTokens: 200 },
      ],
    },
    "input 40 x 3 + cacheRead 2000 x 0.3 + cacheWrite5m 200 x 3.75 + cacheWrite1h 300 x 6 + output 120 x 15",
    "5070",
  ],
  [
    "aws/anthropic.claude-haiku-4-5-20251001-v1:0",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 200,
      cache_creation: { ephemeral_5m_input_tokens: 200, ephemeral_1h_input_tokens: 0 },
    },
    "input 10 x 1.1 + cacheRead 100 x 0.11 + cacheWrite5m 200 x 1.375 + output 5 x 5.5",
    "324.5",
  ],
  [
    "aws/anthropic.claude-3-5-sonnet-20241022-v2:0",
    "2025-11-20",
    {
      inputTokens: 10,
      outputTokens: 10,
      totalTokens: 20,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    },
    "input 10 x 3 + output 10 x 15",
    "180",
  ],
  [
    "aws/eu.anthropic.claude-3-5-sonnet-20240620-v1:0",
    "2025-11-20",
    {
      inputTokens: 10,
      outputTokens: 10,
      totalTokens: 20,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    },
    "input 10 x 3 + output 10 x 15",
    "180",
  ],
  [
    "aws/meta.llama3-3-70b-instruct-v1:0",
    "2026-11-20T12:00:00Z",
    {
      inputTokens: 10,
      outputTokens: 10,
      totalTokens: 20,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    },
    "input 10 x 0.72 + output 10 x 0.72",
    "14.4",
  ],
  [
    "aws/amazon.titan-embed-text-v2:0",
    "2026-11-20T12:00:00Z",
    {
      inputTokens: 1000,
      outputTokens: 0,
      totalTokens: 1000,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: 0,
    },
    "input 1000 x 0.02",
    "20",
  ],
  [
    "aws/arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "2026-11-20T12:00:00Z",
    {
      inputTokens: 40,
      outputTokens: 10,
      totalTokens: 2550,
      cacheReadInputTokens: 2000,
      cacheWriteInputTokens: 500,
      cacheDetails: [
        { ttl: "1h", inputTokens: 300 },
        { ttl: "5m", inputTokens: 200 },
      ],
    },
    "input 40 x 3.3 + cacheRead 2000 x 0.33 + cacheWrite5m 200 x 4.125 + cacheWrite1h 300 x 6.6 + output 10 x 16.5",
    "3762",
  ],
];

itBills("Amazon Bedrock", BILLS);
