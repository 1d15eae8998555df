import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { estimateInput } from "./estimate-input.ts";
import type { ChatMessage, ChatRequest, TokenCounter } from "./port.ts";

/** One token per word, so that the frames around the words can be told from them. */
const words: TokenCounter = {
  countTexts: async (_, texts) => texts.map((text) => text.split(/\s+/).filter(Boolean).length),
  isForeign: (model) => model.startsWith("claude"),
};

const estimate = (request: Partial<ChatRequest>) =>
  estimateInput(words, { model: "gpt-4o", messages: [], ...request });

const tool = (parameters?: Record<string, unknown>, description?: string) => ({
  type: "function" as const,
  function: { name: "weather", description, parameters },
});

describe("estimateInput", () => {
  it("counts 4 for the frame and role of a message, its words, and 3 for the priming", async () => {
    const messages = [{ role: "user", content: "how are you" }] as const;
    expect(await estimate({ messages })).toEqual({
      inputTokens: 10,
      parts: { system: 0, context: 0, input: 10, tools: 0 },
    });
  });

  it("adds what other makers may put around messages and tools, and counts definitions in full", async () => {
    const messages = [{ role: "user", content: "how are you" }] as const;
    const asked = { messages, tools: [tool({ type: "object" }, "the weather")] };
    expect(await estimate({ ...asked, model: "claude-opus-4-5" })).toEqual({
      inputTokens: 10 + 6 + 60 + 12 + 600 + 2,
      parts: { system: 0, context: 6, input: 70, tools: 614 },
    });
  });

  it("tells system, context and input apart", async () => {
    const messages = [
      { role: "system", content: "be brief" },
      { role: "developer", content: "be kind" },
      { role: "user", content: "one two three" },
      { role: "assistant", content: "four" },
      { role: "user", content: "five six" },
    ] as const;
    expect((await estimate({ messages })).parts).toEqual({
      system: 12,
      context: 7 + 5,
      input: 6 + 3,
      tools: 0,
    });
  });

  it("counts what follows the last user message as context", async () => {
    const messages = [
      { role: "user", content: "one" },
      { role: "assistant", content: "two" },
    ] as const;
    expect((await estimate({ messages })).parts).toMatchObject({ context: 5, input: 5 + 3 });
  });

  it("counts each text of a message in parts", async () => {
    const content = ["one two", "three"].map((text) => ({ type: "text" as const, text }));
    expect((await estimate({ messages: [{ role: "user", content }] })).parts.input).toBe(10);
  });

  it("counts names, calls of tools and their ids", async () => {
    const call = {
      id: "call",
      type: "function",
      function: { name: "f", arguments: "{} {}" },
    } as const;
    const messages: ChatMessage[] = [
      { role: "user", content: "one", name: "ann" },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", content: "two", tool_call_id: "call" },
    ];
    const { parts } = await estimate({ messages });
    expect(parts).toEqual({
      system: 0,
      context: 4 + 4 + 4 + 4 + 2,
      input: 4 + 1 + 2 + 3,
      tools: 0,
    });
  });

  it("counts a flat tool by the published rule", async () => {
    const city = { type: "string", description: "the city." };
    const unit = { type: "string", description: "the unit", enum: ["C", "F"] };
    const parameters = { type: "object", properties: { city, unit }, required: ["city"] };
    const { parts } = await estimate({ tools: [tool(parameters, "tells the weather.")] });
    const [perTool, line, start, end] = [10, 3, 3, 12];
    const perCity = 3 + 2;
    const perUnit = 3 + 2 + (-3 + 2 * 3 + 2);
    expect(parts.tools).toBe(perTool + line + start + perCity + perUnit + end);
  });

  it("counts a tool without parameters", async () => {
    expect((await estimate({ tools: [tool()] })).parts.tools).toBe(10 + 1 + 12);
  });

  it("counts the JSON of what the rule does not cover", async () => {
    const items = { type: "object", properties: { a: { type: "string", description: "x y z" } } };
    const nested = { type: "object", properties: { list: { type: "array", items } } };
    const flat = { type: "object", properties: { list: { type: "array" } } };
    const [deep, shallow] = await Promise.all(
      [nested, flat].map(async (schema) => (await estimate({ tools: [tool(schema)] })).parts.tools),
    );
    expect(deep).toBe((shallow ?? 0) + 3);
  });

  it("counts the schema of the answer among the tools", async () => {
    const json_schema = { name: "n", schema: { description: "a b" } };
    const responseFormat = { type: "json_schema", json_schema };
    expect((await estimate({ responseFormat })).parts.tools).toBe(12 + 2);
    expect((await estimate({ responseFormat: { type: "json_object" } })).parts.tools).toBe(0);
  });

  it("takes schemas of any shape, and its parts add up", async () => {
    const role = fc.constantFrom("system", "user", "assistant");
    const messages = fc.array(fc.record({ role, content: fc.string() }), { maxLength: 5 });
    const parameters = fc.dictionary(fc.string(), fc.jsonValue());
    const requests = fc.record({ messages, properties: fc.jsonValue(), parameters });
    await fc.assert(
      fc.asyncProperty(requests, async (given) => {
        const tools = [tool({ ...given.parameters, properties: given.properties })];
        const { inputTokens, parts } = await estimate({
          messages: given.messages as ChatMessage[],
          tools,
        });
        expect(inputTokens).toBe(parts.system + parts.context + parts.input + parts.tools);
        expect(Number.isSafeInteger(inputTokens)).toBe(true);
      }),
    );
  });
});
