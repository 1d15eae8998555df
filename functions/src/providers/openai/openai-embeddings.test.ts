import { describe, expect, it } from "@jest/globals";
import { answer } from "../transport/testing/scripted-server.ts";
import { fixture } from "./testing/fixture.ts";
import { runEmbedding } from "./testing/run-provider.ts";
import { useScriptedProvider } from "./testing/scripted-provider.ts";

const scripted = useScriptedProvider();

describe("openAiProvider: embeddings", () => {
  const REQUEST = { model: "text-embedding-3-small", input: ["a", "b"] };
  const base64 = (...floats: number[]) =>
    Buffer.from(new Float32Array(floats).buffer).toString("base64");

  function embeddings(data: unknown, usage: unknown = { prompt_tokens: 2, total_tokens: 2 }) {
    const body = { object: "list", data, model: "text-embedding-3-small", usage };
    return answer(200, JSON.stringify(body), { "x-request-id": "req_e" });
  }

  it("decodes base64 and keeps the order of the inputs", async () => {
    scripted.script(
      embeddings([
        { index: 1, embedding: base64(0.25, -2) },
        { index: 0, embedding: base64(0.5, 1) },
      ]),
    );
    const { answer: got } = await runEmbedding(scripted.provider(), REQUEST);
    expect(got).toEqual({
      embeddings: [
        [0.5, 1],
        [0.25, -2],
      ],
      modelAnswered: "text-embedding-3-small",
      providerRequestId: "req_e",
      rawUsage: { prompt_tokens: 2, total_tokens: 2 },
    });
    expect(scripted.requests()[0]).toMatch(/^POST \/v1\/embeddings /);
    expect(scripted.requests()[0]).toContain('"encoding_format":"base64"');
  });

  it("takes decimal numbers where a server knows no base64", async () => {
    scripted.script(
      embeddings([
        { index: 0, embedding: [1, 2] },
        { index: 1, embedding: [3.5, 4] },
      ]),
    );
    const { answer: got } = await runEmbedding(scripted.provider(), REQUEST);
    expect(got?.embeddings).toEqual([
      [1, 2],
      [3.5, 4],
    ]);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["one vector too few", [{ index: 0, embedding: [1] }]],
    ["one vector too many", [0, 1, 2].map((index) => ({ index, embedding: [1] }))],
    ["the same index twice", [0, 0].map((index) => ({ index, embedding: [1] }))],
    ["an empty vector", [0, 1].map((index) => ({ index, embedding: [] }))],
    ["half a float", [0, 1].map((index) => ({ index, embedding: "AAA=" }))],
    ["no number", [0, 1].map((index) => ({ index, embedding: base64(Number.NaN) }))],
  ])("cannot read %s", async (_, data) => {
    scripted.script(embeddings(data));
    const { failure } = await runEmbedding(scripted.provider(), REQUEST);
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true });
  });

  it("fails as a chat does", async () => {
    scripted.script(answer(429, fixture("error-429.json"), { "retry-after-ms": "1400" }));
    const { failure } = await runEmbedding(scripted.provider(), REQUEST);
    expect(failure).toMatchObject({
      kind: "rate_limited",
      retryAfterMs: 1_400,
      maybeBilled: false,
    });
  });
});
