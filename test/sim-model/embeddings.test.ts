import { describe, expect, it } from "@jest/globals";
import OpenAI from "openai";
import { unitVector } from "../../tools/sim-model/embeddings.ts";
import { countTokens } from "../../tools/sim-model/tokens.ts";
import { jsonOf, useSimModel } from "./harness.ts";

const sim = useSimModel();

const MODEL = "text-embedding-3-small";

const embed = (body: Partial<OpenAI.EmbeddingCreateParams>) =>
  sim.client().embeddings.create({ model: MODEL, input: "Hello", ...body });

describe("embeddings", () => {
  it("have the documented shape, and count what was sent", async () => {
    const input = ["first text", "and the second"];
    const response = await sim.post("/v1/embeddings", { model: MODEL, input });
    const answer = await jsonOf<OpenAI.CreateEmbeddingResponse>(response);
    const tokens = input.reduce((sum, text) => sum + countTokens("cl100k_base", text), 0);
    expect(answer).toEqual({
      object: "list",
      data: [
        { object: "embedding", index: 0, embedding: expect.any(Array) },
        { object: "embedding", index: 1, embedding: expect.any(Array) },
      ],
      model: MODEL,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
    expect(sim.lastRecord()).toMatchObject({
      endpoint: "/v1/embeddings",
      outcome: "ok",
      usage: answer.usage,
      promptTokens: tokens,
      completionTokens: 0,
    });
  });

  it("are the same in base64, which the official client asks for by itself, as in floats", async () => {
    const [packed, floats] = [await embed({}), await embed({ encoding_format: "float" })];
    expect(packed.data[0]?.embedding).toEqual(floats.data[0]?.embedding);
    const raw = await sim.post("/v1/embeddings", {
      model: MODEL,
      input: "Hello",
      encoding_format: "base64",
    });
    const { data } = await jsonOf<{ data: { embedding: string }[] }>(raw);
    expect(Buffer.from(data[0]?.embedding ?? "", "base64")).toHaveLength(1536 * 4);
  });

  it.each([
    ["text-embedding-3-small", undefined, 1536],
    ["text-embedding-3-large", undefined, 3072],
    ["text-embedding-3-large", 256, 256],
    ["text-embedding-ada-002", undefined, 1536],
  ])("of %s with dimensions %p have %d of them", async (model, dimensions, length) => {
    const answer = await embed({ model, ...(dimensions === undefined ? {} : { dimensions }) });
    expect(answer.data[0]?.embedding).toHaveLength(length);
  });

  it("are of length 1, by the text alone, and shorter ones point the same way", () => {
    const vector = unitVector("Hello", 1536);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
    expect(unitVector("Hello", 1536)).toEqual(vector);
    expect(unitVector("Hello!", 1536)).not.toEqual(vector);
    const short = unitVector("Hello", 3);
    expect((short[0] ?? 0) / (short[1] ?? 1)).toBeCloseTo((vector[0] ?? 0) / (vector[1] ?? 1), 4);
  });

  it("take tokens for text", async () => {
    expect((await embed({ input: [1, 2, 3] })).usage.prompt_tokens).toBe(3);
    const several = await embed({ input: [[1, 2], [3]] });
    expect(several.data).toHaveLength(2);
    expect(several.usage.prompt_tokens).toBe(3);
  });

  it("follow the directives of the last input", async () => {
    const plain = await embed({ input: "Hello [sim billExtra=0]" });
    const extra = await embed({ input: "Hello [sim billExtra=9]" });
    expect(extra.usage.prompt_tokens).toBe(plain.usage.prompt_tokens + 9);
    await expect(embed({ input: ["a", "b [sim fault=429]"] })).rejects.toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    await expect(embed({ input: "Garble [sim fault=badjson]" })).rejects.toThrow(SyntaxError);
    expect((await embed({ input: "[sim usage=none]" })).usage).toBeUndefined();
    expect((await embed({ input: "[sim model=other]" })).model).toBe("other");
  });

  it.each<[string, object, number]>([
    ["no input", { input: undefined }, 400],
    ["an empty text", { input: "" }, 400],
    ["an empty list", { input: [] }, 400],
    ["too long a list", { input: Array.from({ length: 2049 }, () => "a") }, 400],
    ["too long a text", { input: " word".repeat(8193) }, 400],
    ["a mixed list", { input: ["a", 1] }, 400],
    ["too many dimensions", { dimensions: 1537 }, 400],
    ["dimensions of ada", { model: "text-embedding-ada-002", dimensions: 3 }, 400],
    ["a strange encoding", { encoding_format: "hex" }, 400],
    ["an unknown parameter", { inputs: "a" }, 400],
    ["a chat's directive", { input: "[sim tokens=3]" }, 400],
    ["a chat's model", { model: "gpt-4o" }, 404],
  ])("are refused for %s", async (_what, body, status) => {
    const response = await sim.post("/v1/embeddings", { model: MODEL, input: "Hello", ...body });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
  });
});
