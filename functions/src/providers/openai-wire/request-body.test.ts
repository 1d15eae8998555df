import { describe, expect, it } from "@jest/globals";
import type { ChatRequest } from "../../calls/port.ts";
import { chatBody, embeddingBody } from "./request-body.ts";

const MINIMAL: ChatRequest = {
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hi" }],
  stream: false,
};

const body = (request: ChatRequest) =>
  JSON.parse(chatBody(request, { fixed: { store: false }, limitField: "max_completion_tokens" }));

describe("chatBody", () => {
  it("sends what was asked and the fixed fields, no more", () => {
    expect(body(MINIMAL)).toEqual({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Hi" }],
      store: false,
    });
  });

  it("gives every option the provider's name", () => {
    const parameters = { type: "object", properties: { city: { type: "string" } } };
    const tool = {
      type: "function",
      function: { name: "weather", description: "d", parameters, strict: true },
    } as const;
    const request: ChatRequest = {
      ...MINIMAL,
      stream: true,
      maxOutputTokens: 64,
      temperature: 0,
      topP: 0.5,
      stop: ["END"],
      seed: 7,
      reasoningEffort: "low",
      tools: [tool],
      toolChoice: { type: "function", function: { name: "weather" } },
      responseFormat: { type: "json_object" },
    };
    expect(body(request)).toEqual({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: "Hi" }],
      stream: true,
      stream_options: { include_usage: true },
      max_completion_tokens: 64,
      temperature: 0,
      top_p: 0.5,
      stop: ["END"],
      seed: 7,
      reasoning_effort: "low",
      tools: [tool],
      tool_choice: { type: "function", function: { name: "weather" } },
      response_format: { type: "json_object" },
      store: false,
    });
  });

  it("sends messages of every kind whole", () => {
    const messages = [
      {
        role: "developer",
        content: [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      },
      { role: "user", content: "c", name: "ann" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", content: "d", tool_call_id: "1" },
    ] as const;
    expect(body({ ...MINIMAL, messages }).messages).toEqual(messages);
  });

  it("lets nothing through that it does not name", () => {
    const sneaked = {
      ...MINIMAL,
      user: "u",
      metadata: { a: "b" },
      n: 5,
      service_tier: "priority",
      store: true,
      max_tokens: 9,
      messages: [
        { role: "user", content: [{ type: "text", text: "x", image_url: "y" }], audio: {} },
      ],
    } as const;
    expect(body(sneaked)).toEqual({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: [{ type: "text", text: "x" }] }],
      store: false,
    });
  });

  it("leaves out an empty list of tools, which the provider would refuse", () => {
    expect(body({ ...MINIMAL, tools: [] })).not.toHaveProperty("tools");
  });
});

describe("embeddingBody", () => {
  it.each(["base64", "float"] as const)("asks for %s", (format) => {
    const request = { model: "text-embedding-3-small", input: ["a", "b"], dimensions: 8 };
    expect(JSON.parse(embeddingBody(request, format))).toEqual({
      ...request,
      encoding_format: format,
    });
  });
});
