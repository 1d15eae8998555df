import { describe, expect, it } from "@jest/globals";
import type { UsageConverter } from "../calls/port.ts";
import { PROVIDERS } from "../contracts/track-usage.ts";
import type { TokenClasses } from "../core/tokens.ts";
import batch from "./anthropic/__fixtures__/message-batch.json" with { type: "json" };
import messageCached from "./anthropic/__fixtures__/message-cached.json" with { type: "json" };
import message from "./anthropic/__fixtures__/message-plain.json" with { type: "json" };
import converse from "./aws/__fixtures__/converse.json" with { type: "json" };
import converseStream from "./aws/__fixtures__/converse-stream-metadata.json" with { type: "json" };
import invokeClaude from "./aws/__fixtures__/invoke-claude.json" with { type: "json" };
import invokeNova from "./aws/__fixtures__/invoke-nova.json" with { type: "json" };
import azure from "./azure/__fixtures__/chat.json" with { type: "json" };
import azureGrok from "./azure/__fixtures__/chat-grok.json" with { type: "json" };
import azureStream from "./azure/__fixtures__/stream-last-chunk.json" with { type: "json" };
import deepseek from "./deepseek/__fixtures__/chat.json" with { type: "json" };
import deepseekStream from "./deepseek/__fixtures__/stream-last-chunk.json" with { type: "json" };
import geminiEmbedding from "./google/__fixtures__/embed-content.json" with { type: "json" };
import geminiAudio from "./google/__fixtures__/generate-audio.json" with { type: "json" };
import gemini from "./google/__fixtures__/generate-content.json" with { type: "json" };
import geminiCompatible from "./google/__fixtures__/openai-compatible.json" with { type: "json" };
import geminiStream from "./google/__fixtures__/stream-last-chunk.json" with { type: "json" };
import vertex from "./google/__fixtures__/vertex-flex.json" with { type: "json" };
import mistral from "./mistral/__fixtures__/chat.json" with { type: "json" };
import mistralStream from "./mistral/__fixtures__/stream-last-chunk.json" with { type: "json" };
import batchLine from "./openai/__fixtures__/batch-line.json" with { type: "json" };
import responseCompleted from "./openai/__fixtures__/response-completed.json" with { type: "json" };
import responses from "./openai/__fixtures__/responses.json" with { type: "json" };
import openrouter from "./openrouter/__fixtures__/chat.json" with { type: "json" };
import openrouterStream from "./openrouter/__fixtures__/stream-last-chunk.json" with {
  type: "json",
};
import { USAGE_CONVERTERS } from "./usage-converters.ts";
import xaiChat from "./xai/__fixtures__/chat-reasoning.json" with { type: "json" };
import xaiResponses from "./xai/__fixtures__/responses.json" with { type: "json" };
import xaiStream from "./xai/__fixtures__/stream-last-chunk.json" with { type: "json" };

function converter(provider: string): UsageConverter {
  const convert = USAGE_CONVERTERS.get(provider);
  if (!convert) throw new Error(`no converter for ${provider}`);
  return convert;
}

describe("USAGE_CONVERTERS", () => {
  it("reads every provider that calls can be tracked of", () => {
    expect([...USAGE_CONVERTERS.keys()].sort()).toEqual([...PROVIDERS].sort());
  });

  it.each<[string, string, unknown, TokenClasses, string, number | null]>([
    ["anthropic", "messages", message, { input: 12, output: 6 }, "standard", null],
    [
      "anthropic",
      "messages with caches of both kinds and thinking",
      messageCached,
      {
        input: 2048,
        cacheRead: 1800,
        cacheWrite5m: 148,
        cacheWrite1h: 100,
        output: 383,
        reasoning: 120,
      },
      "standard",
      null,
    ],
    ["anthropic", "a result of a batch", batch.result, { input: 11, output: 36 }, "batch", null],
    ["anthropic", "a line of a batch's results", batch, { input: 11, output: 36 }, "batch", null],
    [
      "openai",
      "the last event of streamed responses",
      responseCompleted,
      { input: 213, cacheRead: 1024, output: 19, reasoning: 192 },
      "flex",
      null,
    ],
    ["openai", "a line of a batch's results", batchLine, { input: 22, output: 2 }, "batch", null],
    ["azure", "a line of a batch's results", batchLine, { input: 22, output: 2 }, "batch", null],
    [
      "google",
      "usageMetadata with thoughts, tools and a cache",
      gemini,
      { input: 240, cacheRead: 1000, output: 60, reasoning: 300 },
      "standard",
      null,
    ],
    [
      "google",
      "cached audio by modality",
      geminiAudio,
      { input: 50, cacheRead: 50, audioIn: 350, audioCacheRead: 450, output: 20 },
      "standard",
      null,
    ],
    ["google", "the last chunk of a stream", geminiStream, { input: 11, output: 73 }, "flex", null],
    [
      "google",
      "an embedding, its list by modality",
      geminiEmbedding,
      { input: 300 },
      "standard",
      null,
    ],
    ["google", "Vertex AI", vertex, { input: 5, output: 2 }, "flex", null],
    [
      "google",
      "the OpenAI-compatible endpoint, whose total counts thoughts",
      geminiCompatible,
      { input: 9, output: 12, reasoning: 500 },
      "standard",
      null,
    ],
    ["google", "Claude on Vertex AI", message, { input: 12, output: 6 }, "standard", null],
    [
      "mistral",
      "cached tokens in its own word",
      mistral,
      { input: 260, cacheRead: 640, output: 29 },
      "standard",
      null,
    ],
    [
      "mistral",
      "the last chunk of a stream",
      mistralStream,
      { input: 13, output: 21 },
      "standard",
      null,
    ],
    [
      "deepseek",
      "hits and misses",
      deepseek,
      { input: 176, cacheRead: 1024, output: 60, reasoning: 250 },
      "standard",
      null,
    ],
    [
      "deepseek",
      "the last chunk of a stream",
      deepseekStream,
      { input: 17, output: 9 },
      "standard",
      null,
    ],
    ["deepseek", "messages", message, { input: 12, output: 6 }, "standard", null],
    [
      "xai",
      "reasoning beside the completion, and its cost in ticks",
      xaiChat,
      { input: 26, cacheRead: 6, output: 9, reasoning: 94 },
      "standard",
      673_000,
    ],
    [
      "xai",
      "the last chunk of a stream",
      xaiStream,
      { input: 29, cacheRead: 8, output: 530, reasoning: 233 },
      "standard",
      null,
    ],
    [
      "xai",
      "responses, whose reasoning is within",
      xaiResponses,
      { input: 71, cacheRead: 128, output: 40, reasoning: 200 },
      "standard",
      null,
    ],
    [
      "aws",
      "Converse",
      converse,
      { input: 40, cacheRead: 2000, cacheWrite5m: 200, cacheWrite1h: 300, output: 120 },
      "standard",
      null,
    ],
    [
      "aws",
      "the last event of ConverseStream",
      converseStream,
      { input: 125, output: 60 },
      "priority",
      null,
    ],
    [
      "aws",
      "Claude by InvokeModel",
      invokeClaude,
      { input: 10, cacheRead: 100, cacheWrite5m: 200, output: 5 },
      "standard",
      null,
    ],
    [
      "aws",
      "Nova by InvokeModel",
      invokeNova,
      { input: 40, cacheRead: 2000, cacheWrite5m: 500, output: 120 },
      "standard",
      null,
    ],
    ["aws", "an OpenAI model", responses, { input: 36, output: 87 }, "standard", null],
    ["azure", "chat", azure, { input: 113, cacheRead: 1920, output: 557 }, "standard", null],
    [
      "azure",
      "the last chunk of a stream",
      azureStream,
      { input: 19, output: 10, reasoning: 40 },
      "priority",
      null,
    ],
    [
      "azure",
      "Grok, whose reasoning stands beside the completion",
      azureGrok,
      { input: 32, output: 9, reasoning: 94 },
      "standard",
      null,
    ],
    ["azure", "Claude", message, { input: 12, output: 6 }, "standard", null],
    [
      "openrouter",
      "chat, with the cost that it reports",
      openrouter,
      { input: 44, cacheRead: 50, cacheWrite5m: 100, output: 2 },
      "standard",
      950_000,
    ],
    [
      "openrouter",
      "a free model",
      openrouterStream,
      { input: 14, output: 43, reasoning: 120 },
      "standard",
      0,
    ],
  ])("reads %s: %s", (provider, _what, answer, classes, serviceTier, costNanoUsd) => {
    const reported = converter(provider)(answer);
    expect(reported.usage).toEqual({ classes, status: "exact" });
    expect(reported).toMatchObject({ serviceTier, costNanoUsd });
    expect(converter(provider)(reported.rawUsage).usage).toEqual(reported.usage);
  });

  it("keeps the usage object alone of an answer", () => {
    expect(converter("openai")(responses).rawUsage).toEqual(responses.usage);
    expect(converter("google")(gemini).rawUsage).toEqual(gemini.usageMetadata);
  });

  it("does not take the usage of a protocol that a provider does not speak", () => {
    for (const [provider, raw] of [
      ["openai", gemini],
      ["mistral", converse],
      ["anthropic", converse],
      ["openrouter", gemini],
    ] as const)
      expect(converter(provider)(raw).usage).toMatchObject({ classes: {}, status: "estimated" });
  });

  it.each([
    ["with the cache", 1_350],
    ["without the cache", 150],
  ])(
    "reads messages by their words for the cache, although a total is added %s",
    (_what, total) => {
      const usage = {
        input_tokens: 100,
        output_tokens: 50,
        cache_read_input_tokens: 900,
        cache_creation_input_tokens: 300,
        total_tokens: total,
      };
      for (const provider of ["anthropic", "aws", "google", "azure"])
        expect(converter(provider)(usage).usage).toEqual({
          classes: { input: 100, cacheRead: 900, cacheWrite5m: 300, output: 50 },
          status: "exact",
        });
      expect(converter("anthropic")({ ...usage, total_tokens: 151 }).usage).toMatchObject({
        classes: {},
        estimatedBecause: "usage_inconsistent",
      });
    },
  );

  it.each(["openai", "azure", "openrouter", "google", "xai", "mistral", "deepseek"])(
    "only estimates what is cached of audio where nothing splits it: %s",
    (provider) => {
      const details = { cached_tokens: 30, audio_tokens: 60 };
      const usage = { prompt_tokens: 100, completion_tokens: 50, prompt_tokens_details: details };
      expect(converter(provider)(usage).usage).toEqual({
        classes: { input: 10, cacheRead: 30, audioIn: 60, output: 50 },
        status: "estimated",
        estimatedBecause: "usage_unsplit",
      });
    },
  );
});
