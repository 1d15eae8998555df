import { type Bill, itBills } from "../testing/golden-bills.ts";

const BILLS: readonly Bill[] = [
  [
    "anthropic/claude-sonnet-4-5-20250929",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 11,
      cache_creation_input_tokens: 144211,
      cache_read_input_tokens: 0,
      cache_creation: { ephemeral_5m_input_tokens: 144211, ephemeral_1h_input_tokens: 0 },
      output_tokens: 197,
      service_tier: "standard",
    },
    "input 11 x 3 + cacheWrite5m 144211 x 3.75 + output 197 x 15",
    "543779.25",
  ],
  [
    "anthropic/claude-sonnet-4-6",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 180,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 8,
      iterations: [
        {
          type: "compaction",
          input_tokens: 100,
          output_tokens: 82,
          cache_creation_input_tokens: 55096,
          cache_read_input_tokens: 0,
          cache_creation: { ephemeral_5m_input_tokens: 55096, ephemeral_1h_input_tokens: 0 },
        },
        {
          type: "message",
          input_tokens: 180,
          output_tokens: 8,
          cache_creation_input_tokens: 0,
          cache_read_input_tokens: 0,
        },
      ],
    },
    "input 280 x 3 + cacheWrite5m 55096 x 3.75 + output 90 x 15",
    "208800",
  ],
  [
    "anthropic/claude-opus-4-5-20251101",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 3,
      cache_creation_input_tokens: 700,
      cache_read_input_tokens: 9511,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 700 },
      output_tokens: 1944,
    },
    "input 3 x 5 + cacheRead 9511 x 0.5 + cacheWrite1h 700 x 10 + output 1944 x 25",
    "60370.5",
  ],
  [
    "anthropic/claude-haiku-4-5-20251001",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 3,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 9511,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      output_tokens: 44,
      service_tier: "batch",
    },
    "input 3 x 0.5 + cacheRead 9511 x 0.05 + cacheWrite5m 100 x 0.625 + cacheWrite1h 200 x 1 + output 44 x 2.5",
    "849.55",
  ],
  [
    "anthropic/claude-3-opus-20240229",
    "2025-06-01T00:00:00Z",
    { input_tokens: 20, output_tokens: 10 },
    "input 20 x 15 + output 10 x 75",
    "1050",
  ],
  [
    "anthropic/claude-sonnet-4-5",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 150000,
      cache_creation_input_tokens: 1,
      cache_read_input_tokens: 49999,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 0 },
      output_tokens: 10,
    },
    "input 150000 x 3 + cacheRead 49999 x 0.3 + cacheWrite5m 1 x 3.75 + output 10 x 15",
    "465153.45",
  ],
  [
    "anthropic/claude-sonnet-4-5",
    "2026-11-20T12:00:00Z",
    {
      input_tokens: 150000,
      cache_creation_input_tokens: 1,
      cache_read_input_tokens: 50000,
      cache_creation: { ephemeral_5m_input_tokens: 1, ephemeral_1h_input_tokens: 0 },
      output_tokens: 10,
    },
    "input 150000 x 6 + cacheRead 50000 x 0.6 + cacheWrite5m 1 x 7.5 + output 10 x 22.5",
    "930232.5",
  ],
];

itBills("Anthropic, cached, compacted and long", BILLS);
