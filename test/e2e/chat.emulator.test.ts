import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { refusalOf, resultOf } from "./harness/callable.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import { get } from "./harness/store.ts";
import { chat, joinedText, saying, streamChat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a place.",
    parameters: {
      type: "object",
      properties: { place: { type: "string" } },
      required: ["place"],
      additionalProperties: false,
    },
  },
};

describe("chat", () => {
  let ann: Person;
  beforeAll(async () => {
    ann = await signUp("chat");
  });

  it("answers whole to a caller who does not stream", async () => {
    const answer = await chat(ann, "What is a ledger? [sim tokens=40]");
    expect(answer).toMatchObject({
      text: expect.stringMatching(/\w+ \w+/),
      finishReason: "stop",
      usage: { outputTokens: 40, classes: { output: 40 }, status: "exact" },
      cost: { priceStatus: "priced", priceVersion: expect.stringContaining("gpt-4o-mini") },
    });
    expect(answer.cost.nanoUsd).toBe(answer.cost.inputNanoUsd + answer.cost.outputNanoUsd);
  });

  it("passes the pieces of a stream on as they come", async () => {
    const answer = await streamChat(ann, "Say it slowly. [sim chunks=10 chunkDelay=60 tokens=20]");
    const times = answer.chunks.map(({ atMs }) => atMs);
    expect(times).toHaveLength(10);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(9 * 40);
    expect(joinedText(answer)).toBe(answer.result?.text);
  });

  it("says and counts the same, streamed or not", async () => {
    const question = "Name three colours. [sim tokens=33 cached=4]";
    const whole = await chat(ann, question);
    const streamed = resultOf("chat", await streamChat(ann, question));
    const told = ({ text, usage, cost }: typeof whole) => ({ text, usage, cost });
    expect(told(streamed)).toEqual(told(whole));
  });

  it("has its entry in the ledger when the answer is there", async () => {
    const answer = await chat(ann, "Are you written down?");
    const { fields } = await get("usage_tracking", answer.entryId);
    expect(fields).toMatchObject({
      requestId: answer.requestId,
      userId: ann.uid,
      inputTokens: answer.usage.inputTokens,
      outputTokens: answer.usage.outputTokens,
      classes: answer.usage.classes,
      costNanoUsd: answer.cost.nanoUsd,
      costUsd: answer.cost.usd,
    });
  });

  it("gives tool calls, and takes their results back", async () => {
    const question = { role: "user", content: "Weather in Bern? [sim tool=get_weather]" };
    const more = { model: "gpt-4o-mini", tools: [WEATHER] };
    const first = await chat(ann, "", { ...more, messages: [question] });
    expect(first.finishReason).toBe("tool_calls");
    const [asked] = first.toolCalls ?? [];
    expect(asked?.function.name).toBe("get_weather");
    expect(Object.keys(JSON.parse(asked?.function.arguments ?? ""))).toEqual(["place"]);

    const called = { role: "assistant", content: null, tool_calls: first.toolCalls };
    const told = { role: "tool", tool_call_id: asked?.id, content: "sunny" };
    const second = await chat(ann, "", { ...more, messages: [question, called, told] });
    expect(second).toMatchObject({ finishReason: "stop", text: expect.stringMatching(/\w/) });
  });

  it("streams tool calls in pieces that join to the whole", async () => {
    const answer = await streamChat(ann, "Weather? [sim tool=get_weather]", { tools: [WEATHER] });
    const pieces = answer.chunks.flatMap(({ message }) => message.toolCalls ?? []);
    const [asked] = resultOf("chat", answer).toolCalls ?? [];
    expect(pieces.map((piece) => piece.arguments ?? "").join("")).toBe(asked?.function.arguments);
    expect(pieces.find(({ name }) => name)?.name).toBe("get_weather");
    expect(pieces.find(({ id }) => id)?.id).toBe(asked?.id);
  });

  it("sends the limits of the caller, who is told when they cut the answer", async () => {
    const answer = await chat(ann, "Talk. [sim tokens=200]", { maxOutputTokens: 25 });
    expect(answer).toMatchObject({ finishReason: "length", usage: { outputTokens: 25 } });
  });

  it("refuses an embedding model by the name of the field", async () => {
    const error = await refusalOf("chat", ann, saying("Hi", { model: "text-embedding-3-small" }));
    expect(error.details).toMatchObject({ reason: "INVALID_FIELD", field: "model" });
  });
});
