import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseMessages } from "../../tools/sim-model/messages.ts";
import { countPromptTokens } from "../../tools/sim-model/prompt-tokens.ts";
import { countTokens, tokenTexts } from "../../tools/sim-model/tokens.ts";
import { parseTools } from "../../tools/sim-model/tools.ts";

const ENCODINGS = ["cl100k_base", "o200k_base"] as const;

/*
 * Both examples, and what OpenAI's API counted for them, are from
 * https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken
 */
const JARGON = [
  {
    role: "system",
    content:
      "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
  },
  {
    role: "system",
    name: "example_user",
    content: "New synergies will help drive top-line growth.",
  },
  {
    role: "system",
    name: "example_assistant",
    content: "Things working well together will increase revenue.",
  },
  {
    role: "system",
    name: "example_user",
    content:
      "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
  },
  {
    role: "system",
    name: "example_assistant",
    content: "Let's talk later when we're less busy about how to do better.",
  },
  {
    role: "user",
    content:
      "This late pivot means we don't have time to boil the ocean for the client deliverable.",
  },
];

const WEATHER = [
  {
    role: "system",
    content: "You are a helpful assistant that can answer to questions about the weather.",
  },
  { role: "user", content: "What's the weather like in San Francisco?" },
];

const WEATHER_TOOLS = [
  {
    type: "function",
    function: {
      name: "get_current_weather",
      description: "Get the current weather in a given location",
      parameters: {
        type: "object",
        properties: {
          location: {
            type: "string",
            description: "The city and state, e.g. San Francisco, CA",
          },
          unit: {
            type: "string",
            description: "The unit of temperature to return",
            enum: ["celsius", "fahrenheit"],
          },
        },
        required: ["location"],
      },
    },
  },
];

describe("token counts", () => {
  it.each([
    ["cl100k_base", "tiktoken is great!", 6],
    ["o200k_base", "tiktoken is great!", 6],
    ["cl100k_base", "お誕生日おめでとう", 9],
    ["o200k_base", "お誕生日おめでとう", 8],
    ["o200k_base", "antidisestablishmentarianism", 6],
    ["o200k_base", "", 0],
  ] as const)("counts in %s %j as %d", (encoding, text, count) => {
    expect(countTokens(encoding, text)).toBe(count);
  });

  it("counts a text a second time as the first", () => {
    const text = "Counted once, remembered for a while.";
    expect(countTokens("o200k_base", text)).toBe(countTokens("o200k_base", text));
  });

  it("takes special tokens in a text for ordinary characters", () => {
    expect(countTokens("o200k_base", "<|im_start|>system<|endoftext|>")).toBeGreaterThan(6);
  });

  it("gives a text as one string per token, which join to it again", () => {
    const anyText = fc.string({ unit: "grapheme", maxLength: 200 });
    fc.assert(
      fc.property(anyText, fc.constantFrom(...ENCODINGS), (text, encoding) => {
        const texts = tokenTexts(encoding, text);
        expect(texts.join("")).toBe(text);
        expect(texts).toHaveLength(countTokens(encoding, text));
      }),
    );
  });
});

describe("prompt tokens", () => {
  it.each([
    ["cl100k_base", 129],
    ["o200k_base", 124],
  ] as const)("counts the cookbook's conversation in %s as OpenAI does", (encoding, count) => {
    expect(countPromptTokens(encoding, parseMessages(JARGON), [])).toBe(count);
  });

  it.each([
    ["cl100k_base", 105],
    ["o200k_base", 101],
  ] as const)("counts the cookbook's tools in %s as OpenAI does", (encoding, count) => {
    const tools = parseTools(WEATHER_TOOLS);
    expect(countPromptTokens(encoding, parseMessages(WEATHER), tools)).toBe(count);
  });

  it("counts parts of text like one text each, and an image at its low detail", () => {
    const count = (content: unknown) =>
      countPromptTokens("o200k_base", parseMessages([{ role: "user", content }]), []);
    const image = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    expect(count([{ type: "text", text: "Hello" }])).toBe(count("Hello"));
    expect(count([{ type: "text", text: "Hello" }, image])).toBe(count("Hello") + 85);
  });

  it("counts every string of earlier tool calls", () => {
    const call = { id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
    const messages = [
      { role: "user", content: "Go" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: "call_1", content: "done" },
    ];
    const texts = ["user", "Go", "assistant", "call_1", "function", "f", '{"a":1}'];
    const all = [...texts, "tool", "call_1", "done"];
    const textTokens = all.reduce((sum, text) => sum + countTokens("o200k_base", text), 0);
    expect(countPromptTokens("o200k_base", parseMessages(messages), [])).toBe(
      textTokens + 3 * 3 + 3,
    );
  });

  it("takes a tool without description and with odd properties", () => {
    const parameters = { type: "object", properties: { a: true, b: { enum: [1, null] } } };
    const tools = parseTools([{ type: "function", function: { name: "odd", parameters } }]);
    expect(countPromptTokens("o200k_base", parseMessages(WEATHER), tools)).toBeGreaterThan(30);
  });
});
