import { describe, expect, it } from "@jest/globals";
import type OpenAI from "openai";
import { countTokens } from "../../tools/sim-model/tokens.ts";
import { ask, collect, useSimModel } from "./harness.ts";

const sim = useSimModel();

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;

async function complete(content: string, more: Partial<Body> = {}) {
  return sim.client().chat.completions.create({ ...ask(content), ...more });
}

async function streamed(content: string, more: Partial<Body> = {}) {
  const stream = await sim.client().chat.completions.create({
    ...ask(content),
    ...more,
    stream: true,
    stream_options: { include_usage: true },
  });
  return collect(stream);
}

const textOf = (chunks: OpenAI.ChatCompletionChunk[]) =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");

const WEATHER_TOOL = {
  type: "function" as const,
  function: {
    name: "get_weather",
    description: "Get the weather.",
    parameters: {
      type: "object",
      properties: { city: { type: "string" }, days: { type: "integer" } },
      required: ["city"],
    },
  },
};

describe("a plain answer", () => {
  it("has every field that OpenAI documents", async () => {
    const answer = await (
      await sim.post("/v1/chat/completions", ask("Hello! [sim tokens=12]"))
    ).json();
    expect(answer).toEqual({
      id: expect.stringMatching(/^chatcmpl-\w{24}$/),
      object: "chat.completion",
      created: expect.any(Number),
      model: "gpt-4o-mini-2024-07-18",
      choices: [
        {
          index: 0,
          message: {
            role: "assistant",
            content: expect.any(String),
            refusal: null,
            annotations: [],
          },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 15,
        completion_tokens: 12,
        total_tokens: 27,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: "default",
      system_fingerprint: expect.stringMatching(/^fp_\w{10}$/),
    });
  });

  it("bills the tokens that were really said", async () => {
    const answer = await complete("Tell me about shipping.");
    const said = answer.choices[0]?.message.content ?? "";
    expect(answer.usage?.completion_tokens).toBe(countTokens("o200k_base", said));
  });

  it("is the same for the same messages, under a new id", async () => {
    const [one, two] = [await complete("Same?"), await complete("Same?")];
    expect(one.choices).toEqual(two.choices);
    expect(one.id).not.toBe(two.id);
  });

  it("names the tier that served it", async () => {
    expect((await complete("Hi", { service_tier: "flex" })).service_tier).toBe("flex");
    expect((await complete("Hi", { service_tier: "auto" })).service_tier).toBe("default");
  });

  it("stops at the output limit, in the middle of a sentence if need be", async () => {
    const answer = await complete("Go on and on [sim tokens=50]", { max_tokens: 9 });
    expect(answer.choices[0]?.finish_reason).toBe("length");
    expect(answer.usage?.completion_tokens).toBe(9);
  });

  it.each([49, 50, 51])("of 50 tokens under a limit of %d ends as it should", async (limit) => {
    const answer = await complete("Edge [sim tokens=50]", { max_completion_tokens: limit });
    expect(answer.choices[0]?.finish_reason).toBe(limit < 50 ? "length" : "stop");
    expect(answer.usage?.completion_tokens).toBe(Math.min(limit, 50));
  });

  it("ends before a stop sequence", async () => {
    const whole = (await complete("Tell me a story")).choices[0]?.message.content ?? "";
    const cut = await complete("Tell me a story", { stop: ["no such words", "."] });
    expect(cut.choices[0]?.message.content).toBe(whole.split(".")[0]);
    expect(cut.choices[0]?.finish_reason).toBe("stop");
  });

  it("is valid JSON when that is asked for", async () => {
    const json = await complete("In JSON", { response_format: { type: "json_object" } });
    expect(JSON.parse(json.choices[0]?.message.content ?? "")).toHaveProperty("answer");
    const schema = { type: "object", properties: { total: { type: "integer" } } };
    const fitting = await complete("In JSON", {
      response_format: { type: "json_schema", json_schema: { name: "sum", schema } },
    });
    expect(JSON.parse(fitting.choices[0]?.message.content ?? "")).toEqual({
      total: expect.any(Number),
    });
  });
});

describe("a streamed answer", () => {
  it("says what the plain one says, for the same money", async () => {
    const plain = await complete("What is a ledger?");
    const chunks = await streamed("What is a ledger?");
    expect(textOf(chunks)).toBe(plain.choices[0]?.message.content);
    expect(chunks.at(-1)?.usage).toEqual(plain.usage);
  });

  it("opens with the role, closes with the reason, then tells the usage apart", async () => {
    const chunks = await streamed("Hi [sim tokens=3]");
    const [first, ...rest] = chunks;
    expect(first?.choices[0]?.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(rest.map((chunk) => chunk.choices[0]?.finish_reason)).toEqual([
      null,
      null,
      null,
      "stop",
      undefined,
    ]);
    expect(chunks.slice(0, -1).every((chunk) => chunk.usage === null)).toBe(true);
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1);
  });

  it("tells no usage unless asked, and ends with [DONE]", async () => {
    const response = await sim.post("/v1/chat/completions", ask("Hi", { stream: true }));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const text = await response.text();
    expect(text).not.toContain('"usage"');
    expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  });

  it("leaves out the obfuscation on request", async () => {
    const body = ask("Hi", { stream: true, stream_options: { include_obfuscation: false } });
    const text = await (await sim.post("/v1/chat/completions", body)).text();
    expect(text).not.toContain("obfuscation");
  });

  it.each([
    ["[sim tokens=120 chunks=50]", 50, 120],
    ["[sim tokens=5 chunks=50]", 5, 5],
    ["[sim tokens=7]", 7, 7],
    ["[sim chunks=1]", 1, undefined],
  ])("comes in as many chunks as %s says", async (directive, chunkCount, tokens) => {
    const chunks = await streamed(`Count ${directive}`);
    expect(chunks.filter((chunk) => chunk.choices[0]?.delta.content)).toHaveLength(chunkCount);
    if (tokens !== undefined) expect(chunks.at(-1)?.usage?.completion_tokens).toBe(tokens);
  });

  it("waits before the first chunk and between chunks", async () => {
    const started = performance.now();
    const stream = await sim.client().chat.completions.create({
      ...ask("Slowly [sim firstChunk=80 chunkDelay=20 tokens=4]"),
      stream: true,
    });
    const times: number[] = [];
    for await (const _chunk of stream) times.push(performance.now() - started);
    expect(times[0]).toBeGreaterThanOrEqual(78);
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(55);
  });
});

describe("reasoning", () => {
  it("is billed within the completion, and depends on the effort", async () => {
    const reasoningOf = async (more: Partial<Body>) => {
      const { usage, choices } = await complete("Think about it", more);
      const reasoning = usage?.completion_tokens_details?.reasoning_tokens ?? -1;
      const said = countTokens("o200k_base", choices[0]?.message.content ?? "");
      expect(usage?.completion_tokens).toBe(reasoning + said);
      return reasoning;
    };
    const medium = await reasoningOf({ model: "o4-mini" });
    expect(medium).toBeGreaterThan(0);
    expect(await reasoningOf({ model: "o4-mini" })).toBe(medium);
    expect(await reasoningOf({ model: "gpt-5", reasoning_effort: "low" })).toBeLessThan(medium + 1);
    expect(await reasoningOf({ model: "gpt-5", reasoning_effort: "minimal" })).toBe(0);
    expect(await reasoningOf({ model: "gpt-5", reasoning_effort: "high" })).toBeGreaterThan(medium);
    expect(await reasoningOf({ model: "gpt-5.1" })).toBe(0);
    expect(await reasoningOf({ model: "gpt-4o" })).toBe(0);
  });

  it("can use up the whole output limit", async () => {
    const answer = await complete("Think [sim reasoning=100]", {
      model: "o3",
      max_completion_tokens: 60,
    });
    expect(answer.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "" } });
    expect(answer.usage).toMatchObject({
      completion_tokens: 60,
      completion_tokens_details: { reasoning_tokens: 60 },
    });
  });
});

describe("billed classes", () => {
  it("are as the directives say, each a part of its total", async () => {
    const directives = "[sim tokens=20 cached=5 reasoning=30 audioIn=40 audioOut=50 billExtra=60]";
    const { usage } = await complete(directives);
    const sent = countTokens("o200k_base", directives) + countTokens("o200k_base", "user") + 6;
    expect(usage).toEqual({
      prompt_tokens: sent + 60 + 40,
      completion_tokens: 20 + 30 + 50,
      total_tokens: sent + 200,
      prompt_tokens_details: { cached_tokens: 5, audio_tokens: 40 },
      completion_tokens_details: {
        reasoning_tokens: 30,
        audio_tokens: 50,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    });
  });

  it("cache no more than was sent", async () => {
    const { usage } = await complete("Short [sim cached=100000]");
    expect(usage?.prompt_tokens_details?.cached_tokens).toBe(usage?.prompt_tokens);
  });

  it("are read from text parts as well", async () => {
    const content = [{ type: "text" as const, text: "Hello [sim tokens=11]" }];
    const { usage } = await complete("", { messages: [{ role: "user", content }] });
    expect(usage?.completion_tokens).toBe(11);
  });

  it("follow the last user message only", async () => {
    const { usage } = await complete("", {
      messages: [
        { role: "user", content: "First [sim tokens=11]" },
        { role: "assistant", content: "Well [sim tokens=12]" },
        { role: "user", content: "Then [sim tokens=13]" },
        { role: "assistant", content: "Yes [sim tokens=14]" },
      ],
    });
    expect(usage?.completion_tokens).toBe(13);
  });
});

describe("tool calls", () => {
  it("are made when the directive says so, with arguments that fit", async () => {
    const { choices, usage } = await complete("Weather? [sim tool=get_weather]", {
      tools: [WEATHER_TOOL],
    });
    const call = choices[0]?.message.tool_calls?.[0];
    if (call?.type !== "function") throw new Error("no function was called");
    expect(choices[0]?.finish_reason).toBe("tool_calls");
    expect(choices[0]?.message.content).toBeNull();
    expect(call.id).toMatch(/^call_/);
    expect(call.function.name).toBe("get_weather");
    expect(JSON.parse(call.function.arguments)).toEqual({
      city: expect.any(String),
      days: expect.any(Number),
    });
    expect(usage?.completion_tokens).toBe(
      countTokens("o200k_base", "get_weather") + countTokens("o200k_base", call.function.arguments),
    );
  });

  it.each([
    ["required", "required" as const, "tool_calls"],
    ["named", { type: "function" as const, function: { name: "get_weather" } }, "tool_calls"],
    ["auto", "auto" as const, "stop"],
    ["none", "none" as const, "stop"],
  ])("follow a tool_choice that is %s", async (_what, tool_choice, reason) => {
    const answer = await complete("Weather?", { tools: [WEATHER_TOOL], tool_choice });
    expect(answer.choices[0]?.finish_reason).toBe(reason);
  });

  it("stream in pieces that the official client puts together to the plain answer", async () => {
    const body = ask("Weather? [sim tool=get_weather]", { tools: [WEATHER_TOOL] });
    const runner = sim.client().chat.completions.stream({
      ...body,
      stream_options: { include_usage: true },
    });
    const [streamedAnswer, plain] = [
      await runner.finalChatCompletion(),
      await sim.client().chat.completions.create(body),
    ];
    const functionOf = (answer: OpenAI.ChatCompletion) => {
      const call = answer.choices[0]?.message.tool_calls?.[0];
      return call?.type === "function" ? [call.function.name, call.function.arguments] : [];
    };
    expect(functionOf(streamedAnswer)).toEqual(functionOf(plain));
    expect(functionOf(plain)).toHaveLength(2);
    expect(streamedAnswer.choices[0]?.finish_reason).toBe("tool_calls");
    expect(streamedAnswer.usage).toEqual(plain.usage);
  });

  it("are over once the tool has answered", async () => {
    const call = {
      id: "call_1",
      type: "function" as const,
      function: { name: "get_weather", arguments: "{}" },
    };
    const answer = await complete("", {
      tools: [WEATHER_TOOL],
      messages: [
        { role: "user", content: "Weather? [sim tool=get_weather]" },
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: "call_1", content: "Sunny" },
      ],
    });
    expect(answer.choices[0]?.finish_reason).toBe("stop");
  });
});
