import { describe, expect, it } from "@jest/globals";
import type { ChatRequest } from "../../calls/port.ts";
import { messagesBody } from "./messages-body.ts";

const ASK: ChatRequest = {
  model: "claude-haiku-4-5",
  messages: [{ role: "user", content: "Hi" }],
  stream: false,
};
const body = (more: Partial<ChatRequest>) => JSON.parse(messagesBody({ ...ASK, ...more }, 1_000));
const call = (id: string, args: string) => ({
  id,
  type: "function" as const,
  function: { name: "weather", arguments: args },
});

describe("messagesBody", () => {
  it("sends the least with a limit and the standard tier", () => {
    expect(body({})).toEqual({
      model: "claude-haiku-4-5",
      max_tokens: 1_000,
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      service_tier: "standard_only",
    });
  });

  it("sends each option under Anthropic's name", () => {
    const schema = { type: "object", properties: {} };
    const options: Partial<ChatRequest> = {
      maxOutputTokens: 5,
      temperature: 0.5,
      topP: 0.9,
      stop: "END",
      stream: true,
      reasoningEffort: "high",
      responseFormat: { type: "json_schema", json_schema: { name: "x", schema, strict: true } },
    };
    expect(body(options)).toMatchObject({
      max_tokens: 5,
      temperature: 0.5,
      top_p: 0.9,
      stop_sequences: ["END"],
      stream: true,
      output_config: { effort: "high", format: { type: "json_schema", schema } },
    });
    expect(body({ stop: ["a", "b"] }).stop_sequences).toEqual(["a", "b"]);
    expect(body({ responseFormat: { type: "text" } })).not.toHaveProperty("output_config");
  });

  it("sets system and developer messages apart, empty texts left out", () => {
    const sent = body({
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Hi" },
        {
          role: "developer",
          content: [
            { type: "text", text: "Be kind." },
            { type: "text", text: "" },
          ],
        },
      ],
    });
    expect(sent.system).toEqual([
      { type: "text", text: "Be brief." },
      { type: "text", text: "Be kind." },
    ]);
    expect(sent.messages).toHaveLength(1);
  });

  it("brings all results of tools in one turn of the user's, and what he adds", () => {
    const sent = body({
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: "I look.",
          tool_calls: [call("a", '{"place":"Bern"}'), call("b", "")],
        },
        { role: "tool", tool_call_id: "a", content: "sunny" },
        { role: "tool", tool_call_id: "b", content: "" },
        { role: "user", content: "Well?" },
      ],
    });
    expect(sent.messages.map(({ role }: { role: string }) => role)).toEqual([
      "user",
      "assistant",
      "user",
    ]);
    expect(sent.messages[1].content).toEqual([
      { type: "text", text: "I look." },
      { type: "tool_use", id: "a", name: "weather", input: { place: "Bern" } },
      { type: "tool_use", id: "b", name: "weather", input: {} },
    ]);
    expect(sent.messages[2].content).toEqual([
      { type: "tool_result", tool_use_id: "a", content: [{ type: "text", text: "sunny" }] },
      { type: "tool_result", tool_use_id: "b", content: [] },
      { type: "text", text: "Well?" },
    ]);
  });

  it("sends tools with their schema", () => {
    const parameters = { type: "object", properties: { place: { type: "string" } } };
    const sent = body({
      tools: [
        { type: "function", function: { name: "a", description: "A.", parameters, strict: true } },
        { type: "function", function: { name: "b" } },
      ],
    });
    expect(sent.tools).toEqual([
      { name: "a", description: "A.", input_schema: parameters, strict: true },
      { name: "b", input_schema: { type: "object" } },
    ]);
  });

  it.each<[NonNullable<ChatRequest["toolChoice"]>, object]>([
    ["auto", { type: "auto" }],
    ["none", { type: "none" }],
    ["required", { type: "any" }],
    [
      { type: "function", function: { name: "a" } },
      { type: "tool", name: "a" },
    ],
  ])("turns tool choice %j into %j", (toolChoice, tool_choice) => {
    expect(body({ toolChoice }).tool_choice).toEqual(tool_choice);
  });

  it("sends nothing that a caller invents", () => {
    const invented = { ...ASK, user: "ann", metadata: { user_id: "ann" } } as ChatRequest;
    expect(messagesBody(invented, 1)).not.toContain("ann");
  });
});
