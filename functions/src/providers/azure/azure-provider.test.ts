import { describe, expect, it } from "@jest/globals";
import { fixture } from "../openai/testing/fixture.ts";
import { runChat, runEmbedding } from "../openai/testing/run-provider.ts";
import { KEY, PLAIN, STREAMED, useScriptedProvider } from "../openai/testing/scripted-provider.ts";
import { answer, chunk, LAST_CHUNK, STREAM_HEAD } from "../transport/testing/scripted-server.ts";
import { type AzureOptions, azureProvider } from "./azure-provider.ts";
import { parseDeployments } from "./deployments.ts";

const scripted = useScriptedProvider();
const deployments = new Map([["chat-eu", "eu/gpt-4.1"]]);
const provider = (more: Partial<AzureOptions> = {}) =>
  azureProvider({ ...scripted.options(), deployments, ...more });

describe("azureProvider", () => {
  it.each([
    ["", "/openai/v1/chat/completions"],
    ["/", "/openai/v1/chat/completions"],
    ["/openai/v1", "/openai/v1/chat/completions"],
    ["/gateway/openai/v1/", "/gateway/openai/v1/chat/completions"],
  ])("finds the v1 API of a resource at %j", async (path, posted) => {
    scripted.script(answer(200, fixture("chat.json", "azure")));
    const baseUrl = scripted.baseUrl().replace("/v1", path);
    await runChat(provider({ baseUrl }), { ...PLAIN, model: "chat-eu" });
    const request = scripted.requests()[0] ?? "";
    expect(request).toContain(`POST ${posted} HTTP/1.1`);
    expect(request).toContain(`\r\napi-key: ${KEY}\r\n`);
    expect(request).not.toContain("authorization");
    expect(request).toContain('{"model":"chat-eu"');
  });

  it("reads a stream that begins with the filters' results", async () => {
    const stream = fixture("chat-stream.sse.txt", "azure");
    scripted.script(STREAM_HEAD, chunk(stream), LAST_CHUNK);
    const { deltas, answer: got, failure } = await runChat(provider(), STREAMED);
    expect(failure).toBeNull();
    expect(deltas).toEqual(["Hello"]);
    expect(got).toMatchObject({ modelAnswered: "gpt-4o-mini-2024-07-18", finishReason: "stop" });
    expect(provider().convertUsage(got.rawUsage)).toEqual({
      classes: { input: 19, output: 1 },
      status: "exact",
    });
  });

  it("counts the reasoning of Grok beside its completion", async () => {
    scripted.script(answer(200, fixture("chat-grok.json", "azure")));
    const { answer: got } = await runChat(provider(), PLAIN);
    expect(provider().convertUsage(got.rawUsage)).toEqual({
      classes: { input: 32, output: 9, reasoning: 94 },
      status: "exact",
    });
  });

  it("knows a deployment that is not there, and its own request ids", async () => {
    const headers = { "apim-request-id": "b0d1" };
    scripted.script(answer(404, fixture("error-404.json", "azure"), headers));
    expect((await runChat(provider(), PLAIN)).failure).toMatchObject({
      kind: "unknown_model",
      providerRequestId: "b0d1",
    });
  });

  it("embeds", async () => {
    scripted.script(answer(200, fixture("embedding.json")));
    const { failure } = await runEmbedding(provider(), { model: "m", input: ["a"] });
    expect(failure).toBeNull();
    expect(scripted.requests()[0]).toContain("/embeddings HTTP/1.1");
  });

  it("prices a deployment as its model, and one that is not listed by its own name", () => {
    expect(provider().bookName?.("chat-eu")).toBe("eu/gpt-4.1");
    expect(provider().bookName?.("gpt-4o")).toBe("gpt-4o");
  });
});

describe("parseDeployments", () => {
  it("reads names of models by names of deployments", () => {
    expect(parseDeployments('{"a":"gpt-4o","b":"us/o3"}')).toEqual(
      new Map([
        ["a", "gpt-4o"],
        ["b", "us/o3"],
      ]),
    );
    expect(parseDeployments("{}").size).toBe(0);
  });

  it.each(["", "gpt-4o", "[]", '{"a":1}', '{"a":""}', "null"])("refuses %j", (json) => {
    expect(() => parseDeployments(json)).toThrow(TypeError);
  });
});
