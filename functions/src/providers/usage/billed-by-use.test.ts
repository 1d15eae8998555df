import { describe, expect, it } from "@jest/globals";
import { convertMessagesUsage } from "../anthropic/convert-usage.ts";
import { convertMistralUsage } from "../mistral/convert-usage.ts";
import { convertUsage } from "../openai/convert-usage.ts";
import { convertXaiUsage } from "../xai/convert-usage.ts";
import { isBilledByUse } from "./billed-by-use.ts";

const CHAT = { prompt_tokens: 100, completion_tokens: 50 };
const MESSAGE = { input_tokens: 100, output_tokens: 50 };

describe("isBilledByUse", () => {
  it.each([
    { server_tool_use: { web_search_requests: 1 } },
    { server_tool_use_details: { web_search_requests: 1 } },
    { server_tool_use: null, server_tool_use_details: { web_search_requests: 1 } },
    { connectors: { code_interpreter: 0, web_search: 1 } },
    { num_sources_used: 7 },
    { num_server_side_tools_used: 1 },
    { prompt_audio_seconds: 12 },
    { num_sources_used: "7" },
  ])("sees it in %j", (usage) => {
    expect(isBilledByUse(usage)).toBe(true);
  });

  it.each([
    {},
    { server_tool_use_details: { web_search_requests: 0 }, connectors: { web_search: 0 } },
    { server_tool_use_details: null, connectors: null },
    { server_tool_use: null, num_sources_used: 0, prompt_audio_seconds: null },
    { server_tool_use: { web_search_requests: 0, web_fetch_requests: 3 } },
  ])("sees none in %j", (usage) => {
    expect(isBilledByUse(usage)).toBe(false);
  });

  it.each([
    [
      "Anthropic's searches",
      convertMessagesUsage,
      MESSAGE,
      { server_tool_use: { web_search_requests: 2 } },
    ],
    ["OpenRouter's searches", convertUsage, CHAT, { server_tool_use: { web_search_requests: 2 } }],
    [
      "OpenRouter's searches in its newer word",
      convertUsage,
      CHAT,
      { server_tool_use_details: { web_search_requests: 2 } },
    ],
    ["Mistral's searches", convertMistralUsage, CHAT, { connectors: { web_search: 1 } }],
    ["xAI's sources", convertXaiUsage, CHAT, { num_sources_used: 5 }],
    ["Mistral's seconds of audio", convertMistralUsage, CHAT, { prompt_audio_seconds: 12 }],
  ])("only estimates a call with %s, whose tokens are kept", (_what, convert, tokens, uses) => {
    expect(convert({ ...tokens, ...uses })).toEqual({
      classes: { input: 100, output: 50 },
      status: "estimated",
      estimatedBecause: "usage_unclassed",
    });
  });
});
