import { describe, expect, it, jest } from "@jest/globals";
import OpenAI from "openai";
import { ask, useSimModel } from "./harness.ts";

const sim = useSimModel();

const plain = (content: string) => sim.client().chat.completions.create(ask(content));

async function streamed(content: string) {
  const stream = await sim.client().chat.completions.create({
    ...ask(content),
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  let error: unknown = null;
  try {
    for await (const chunk of stream) chunks.push(chunk);
  } catch (thrown) {
    error = thrown;
  }
  const texts = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").filter(Boolean);
  return { chunks, texts, error };
}

describe("faults through the official client", () => {
  it.each([
    ["429", OpenAI.RateLimitError, { status: 429, code: "rate_limit_exceeded", type: "requests" }],
    ["500", OpenAI.InternalServerError, { status: 500, type: "server_error" }],
    ["503", OpenAI.InternalServerError, { status: 503, type: "server_error" }],
  ])("%s is the error of its class, and costs nothing", async (fault, errorClass, facts) => {
    const error = await plain(`Fail [sim fault=${fault}]`).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(errorClass);
    expect(error).toMatchObject(facts);
    expect(sim.lastRecord()).toMatchObject({
      outcome: "fault",
      status: Number(fault),
      usage: null,
      promptTokens: 0,
      completionTokens: 0,
    });
  });

  it("429 says when to come back", async () => {
    const retryAfter = async (directive: string) => {
      const response = await sim.post("/v1/chat/completions", ask(`Wait [sim ${directive}]`));
      return response.headers.get("retry-after");
    };
    expect(await retryAfter("fault=429")).toBe("1");
    expect(await retryAfter("fault=429 retryAfter=7")).toBe("7");
    expect(await retryAfter("fault=503 retryAfter=7")).toBe("7");
    expect(await retryAfter("fault=503")).toBeNull();
  });

  it("come before a stream begins", async () => {
    await expect(streamed("Fail [sim fault=500]")).rejects.toBeInstanceOf(
      OpenAI.InternalServerError,
    );
  });

  it("end after as many times as asked, so that a retry gets through", async () => {
    const client = sim.client({ maxRetries: 3 });
    const before = sim.records().length;
    const answer = await client.chat.completions.create(
      ask("Twice [sim fault=429 times=2 retryAfter=0]"),
    );
    expect(answer.choices[0]?.finish_reason).toBe("stop");
    const attempts = sim.records().slice(before);
    expect(attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ["fault", 429],
      ["fault", 429],
      ["ok", 200],
    ]);
    expect(attempts.map(({ headersSeen }) => headersSeen["x-stainless-retry-count"])).toEqual([
      "0",
      "1",
      "2",
    ]);
  });

  it("start over when the records are cleared", async () => {
    const once = () => plain("Again [sim fault=500 times=1]");
    await expect(once()).rejects.toThrow();
    await expect(once()).resolves.toBeDefined();
    await fetch(`${sim.url()}/sim/records`, { method: "DELETE" });
    await expect(once()).rejects.toThrow();
  });

  it("reset breaks the connection before a byte", async () => {
    await expect(plain("Fail [sim fault=reset]")).rejects.toBeInstanceOf(OpenAI.APIConnectionError);
    expect(sim.lastRecord()).toMatchObject({ outcome: "fault", status: null, usage: null });
  });

  it("timeout never answers", async () => {
    const client = sim.client({ timeout: 100 });
    const error = await client.chat.completions
      .create(ask("Wait [sim fault=timeout]"))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    expect(sim.lastRecord()).toMatchObject({ outcome: "fault", status: null, usage: null });
  });

  it("badjson is no JSON, though it was billed", async () => {
    await expect(plain("Garble [sim fault=badjson]")).rejects.toThrow(SyntaxError);
    expect(sim.lastRecord()).toMatchObject({ outcome: "fault", status: 200 });
    expect(sim.lastRecord()?.completionTokens).toBeGreaterThan(0);
    const silenced = jest.spyOn(console, "error").mockImplementation(() => undefined);
    const { error } = await streamed("Garble [sim fault=badjson]");
    silenced.mockRestore();
    expect(error).toBeInstanceOf(SyntaxError);
  });
});

describe("a cut", () => {
  it.each([0, 3])("after %d chunks leaves those, an error, and their price", async (count) => {
    const { texts, error } = await streamed(`Cut [sim cutAfter=${count} chunks=10 tokens=40]`);
    expect(texts).toHaveLength(count);
    expect(String(error)).toContain("terminated");
    const record = sim.lastRecord();
    expect(record).toMatchObject({ outcome: "cut", completionTokens: count * 4 });
    expect(record?.promptTokens).toBeGreaterThan(0);
  });

  it("of a plain answer breaks its body, billed in full", async () => {
    const response = await sim.post("/v1/chat/completions", ask("Cut [sim cutAfter=0 tokens=40]"));
    await expect(response.text()).rejects.toThrow();
    expect(sim.lastRecord()).toMatchObject({ outcome: "cut", completionTokens: 40 });
  });

  it("happens only so many times", async () => {
    const message = "Cut once [sim cutAfter=1 times=1]";
    expect((await streamed(message)).error).not.toBeNull();
    expect((await streamed(message)).error).toBeNull();
  });
});

describe("usage that cannot be", () => {
  it.each([
    ["none", undefined],
    ["negative", { prompt_tokens: -19, total_tokens: 28 }],
    ["mismatch", { prompt_tokens: 18, completion_tokens: 10, total_tokens: 35 }],
    ["overcached", { prompt_tokens: 18, prompt_tokens_details: { cached_tokens: 25 } }],
  ])("is told when it is %s, while the record has the truth", async (kind, told) => {
    const message = `Count this [sim usage=${kind} tokens=10]`;
    const answer = await plain(message);
    const last = (await streamed(message)).chunks.at(-1);
    const { prompt_tokens = 0 } = sim.lastRecord()?.usage ?? {};
    for (const usage of [answer.usage, last?.usage ?? undefined]) {
      if (told === undefined) expect(usage).toBeUndefined();
      else expect(usage).toMatchObject(toldOf(told, prompt_tokens));
    }
    expect(sim.lastRecord()).toMatchObject({
      outcome: "ok",
      usage: { prompt_tokens, completion_tokens: 10, total_tokens: prompt_tokens + 10 },
    });
  });

  /** The table is written for a prompt of 18 tokens. */
  function toldOf(told: { prompt_tokens: number }, prompt: number) {
    const shift = prompt - 18;
    return JSON.parse(JSON.stringify(told), (key, value) => {
      if (key === "prompt_tokens") return value < 0 ? value - shift : value + shift;
      return ["total_tokens", "cached_tokens"].includes(key) ? value + shift : value;
    });
  }

  it("has no details when they are missing", async () => {
    const { usage } = await plain("Count this [sim usage=missingDetails tokens=10]");
    expect(Object.keys(usage ?? {})).toEqual([
      "prompt_tokens",
      "completion_tokens",
      "total_tokens",
    ]);
  });

  it("comes under another model's name", async () => {
    const answer = await plain("Who? [sim model=gpt-unheard-of]");
    expect(answer.model).toBe("gpt-unheard-of");
    expect(sim.lastRecord()).toMatchObject({
      model: "gpt-unheard-of",
      modelRequested: "gpt-4o-mini",
    });
  });
});
