import { describe, expect, it } from "@jest/globals";
import type { ChatMessage, ToolDefinition } from "../calls/port.ts";
import { type ChatRequest, chatRequest } from "./chat.ts";
import { parse } from "./parse.ts";
import { refusal } from "./testing/refusal.ts";
import { chat, type Fields } from "./testing/requests.ts";

const user = (content: unknown) => ({ role: "user", content });
const base: Fields = { model: "gpt-4o-mini", messages: [user("hi")] };
const said = (fields: Fields) => refusal(chatRequest, { ...base, ...fields });
const saidOf = (message: unknown) => said({ messages: [message] });
const withParameters = (parameters: unknown) =>
  said({ tools: [{ type: "function", function: { name: "f", parameters } }] });
const nested = (levels: number): unknown =>
  JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);

describe("chat", () => {
  it("passes a full request on as it is", () => {
    expect(parse(chatRequest, chat)).toEqual(chat);
  });

  it("gives messages and tools in the shape of the provider port", () => {
    const request: ChatRequest = parse(chatRequest, chat);
    const messages: readonly ChatMessage[] = request.messages;
    const tools: readonly ToolDefinition[] | undefined = request.tools;
    expect([messages.length, tools?.length]).toEqual([5, 1]);
  });

  it("requires model and messages", () => {
    expect(refusal(chatRequest, { messages: [user("hi")] })).toBe("model: is required");
    expect(refusal(chatRequest, { model: "m" })).toBe("messages: is required");
  });

  it.each<[string, unknown, string]>([
    ["temperature", 0, ""],
    ["temperature", 2, ""],
    ["temperature", -0.01, "must be at least 0"],
    ["temperature", 2.01, "must be at most 2"],
    ["temperature", Number.NaN, "must be a finite number"],
    ["temperature", Number.POSITIVE_INFINITY, "must be a finite number"],
    ["temperature", "1", "must be a number"],
    ["topP", 1, ""],
    ["topP", 1.01, "must be at most 1"],
    ["topP", -1, "must be at least 0"],
    ["maxOutputTokens", 1, ""],
    ["maxOutputTokens", 1_000_000, ""],
    ["maxOutputTokens", 0, "must be at least 1"],
    ["maxOutputTokens", -5, "must be at least 1"],
    ["maxOutputTokens", 1_000_001, "must be at most 1000000"],
    ["maxOutputTokens", 10.5, "must be an integer"],
    ["seed", Number.MAX_SAFE_INTEGER, ""],
    ["seed", -7, ""],
    ["seed", 2 ** 60, "must be at most 9007199254740991"],
    ["stop", "x".repeat(256), ""],
    ["stop", ["a", "b", "c", "d"], ""],
    ["stop", ["a", "b", "c", "d", "e"], "must be at most 4 items"],
    ["stop", "x".repeat(257), "must be at most 256 characters"],
    ["stop", "", "must be at least 1 characters"],
    ["stop", 5, "must be a string or a list of strings"],
    ["reasoningEffort", "xhigh", ""],
    [
      "reasoningEffort",
      "max",
      'must be "none" or "minimal" or "low" or "medium" or "high" or "xhigh"',
    ],
    ["toolChoice", "required", ""],
    [
      "toolChoice",
      "any",
      'must be "auto", "none", "required" or {type: "function", function: {name}}',
    ],
    ["responseFormat", { type: "text" }, ""],
    ["responseFormat", { type: "json_object" }, ""],
    ["responseFormat", "json", "must be an object"],
    ["fitToBudget", "yes", "must be true or false"],
    ["model", "x".repeat(129), "must be at most 128 characters"],
    ["requestId", "", "must not be empty"],
    ["n", 2, "is not a known field"],
    ["logprobs", true, "is not a known field"],
    ["service_tier", "priority", "is not a known field"],
    ["userId", "bob", "is not a known field"],
    ["orgId", "acme", "is not a known field"],
  ])("answers %s = %j with %j", (field, value, problem) => {
    expect(said({ [field]: value })).toBe(problem === "" ? undefined : `${field}: ${problem}`);
  });

  it("takes 1 to 256 messages", () => {
    expect(said({ messages: [] })).toBe("messages: must be at least 1 items");
    expect(said({ messages: new Array(256).fill(user("")) })).toBeUndefined();
    expect(said({ messages: new Array(257).fill(user("")) })).toBe(
      "messages: must be at most 256 items",
    );
    expect(said({ messages: "hi" })).toBe("messages: must be a list");
    expect(said({ messages: ["hi"] })).toBe("messages[0]: must be an object");
  });

  it.each<[string, unknown, string]>([
    [
      "an unknown role",
      { role: "robot", content: "x" },
      "role: must be system, developer, user, assistant or tool",
    ],
    ["no role", { content: "x" }, "role: is required"],
    ["no content", { role: "user" }, "content: is required"],
    ["null content of a user", user(null), "content: must be a string or a list of text parts"],
    ["a number", user(5), "content: must be a string or a list of text parts"],
    ["no parts", user([]), "content: must be at least 1 items"],
    ["an unknown field", { ...user("x"), audio: {} }, "audio: is not a known field"],
    ["a tool result without its call", { role: "tool", content: "x" }, "tool_call_id: is required"],
    [
      "an assistant that says nothing",
      { role: "assistant" },
      "content: is required without tool_calls",
    ],
    [
      "null content alone",
      { role: "assistant", content: null },
      "content: is required without tool_calls",
    ],
    ["tool calls of a user", { ...user("x"), tool_calls: [] }, "tool_calls: is not a known field"],
    [
      "an image",
      user([
        { type: "text", text: "see" },
        { type: "image_url", image_url: { url: "https://x" } },
      ]),
      'content[1].type: must be "text": the cost of images, audio and files cannot be bounded',
    ],
    ["a part without text", user([{ type: "text" }]), "content[0].text: is required"],
    [
      "tool arguments that are no string",
      {
        role: "assistant",
        tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: {} } }],
      },
      "tool_calls[0].function.arguments: must be a string",
    ],
  ])("refuses %s", (_what, message, problem) => {
    expect(saidOf(message)).toBe(`messages[0].${problem}`);
  });

  it("takes an assistant's empty answer and its tool calls", () => {
    expect(saidOf({ role: "assistant", content: "" })).toBeUndefined();
    const call = { id: "c", type: "function", function: { name: "f", arguments: "" } };
    expect(saidOf({ role: "assistant", content: null, tool_calls: [call] })).toBeUndefined();
  });

  it("replaces lone surrogates in text", () => {
    const { messages } = parse(chatRequest, { ...base, messages: [user("a\uD800b")] });
    expect(messages).toEqual([user("a\uFFFDb")]);
  });
});

describe("the text of a request", () => {
  const tooMuch =
    "messages: must hold at most 262144 bytes of text, tools and response format included";

  it("is at most 256 KiB over all messages", () => {
    const half = user("x".repeat(128 * 1024));
    expect(said({ messages: [half, half] })).toBeUndefined();
    expect(said({ messages: [half, half, user("x")] })).toBe(tooMuch);
  });

  it("is counted in UTF-8 bytes", () => {
    expect(saidOf(user("é".repeat(128 * 1024)))).toBeUndefined();
    expect(saidOf(user("é".repeat(128 * 1024 + 1)))).toBe(tooMuch);
  });

  it("counts parts, names, tool calls, tools and response format", () => {
    const most = user("x".repeat(256 * 1024 - 40));
    const call = { id: "c", type: "function", function: { name: "f", arguments: "x".repeat(40) } };
    const description = "x".repeat(40);
    expect(said({ messages: [most, { ...user("x"), name: "n".repeat(40) }] })).toBe(tooMuch);
    expect(said({ messages: [most, user([{ type: "text", text: "x".repeat(41) }])] })).toBe(
      tooMuch,
    );
    expect(said({ messages: [most, { role: "assistant", tool_calls: [call] }] })).toBe(tooMuch);
    const tools = [{ type: "function", function: { name: "f", description } }];
    expect(said({ messages: [most], tools })).toBe(tooMuch);
    const responseFormat = { type: "json_schema", json_schema: { name: "f", description } };
    expect(said({ messages: [most], responseFormat })).toBe(tooMuch);
  });
});

describe("tools", () => {
  it("are 1 to 64 functions", () => {
    const tool = { type: "function", function: { name: "f" } };
    expect(said({ tools: new Array(64).fill(tool) })).toBeUndefined();
    expect(said({ tools: new Array(65).fill(tool) })).toBe("tools: must be at most 64 items");
    expect(said({ tools: [] })).toBe("tools: must be at least 1 items");
    expect(said({ tools: [{ type: "function", function: {} }] })).toBe(
      "tools[0].function.name: is required",
    );
    expect(said({ tools: [{ type: "web_search" }] })).toBe(
      'tools[0].type: must be "function": the cost of tools that a provider runs cannot be bounded',
    );
  });

  it("have parameters of at most 32 levels and 5 000 values", () => {
    const wide = (count: number) => ({ enum: new Array(count).fill(1) });
    expect(withParameters(nested(32))).toBeUndefined();
    expect(withParameters(nested(33))).toBe(
      "tools[0].function.parameters: must not be nested deeper than 32 levels",
    );
    expect(withParameters(wide(4_998))).toBeUndefined();
    expect(withParameters(wide(4_999))).toBe(
      "tools[0].function.parameters: must hold at most 5000 values",
    );
    expect(withParameters([])).toBe("tools[0].function.parameters: must be an object");
  });

  it.each(["__proto__", "constructor", "prototype"])("have no parameter named %s", (key) => {
    const properties: unknown = JSON.parse(`{"${key}": {}}`);
    expect(withParameters({ properties })).toBe(
      `tools[0].function.parameters.properties.${key}: is not an allowed name`,
    );
  });
});
