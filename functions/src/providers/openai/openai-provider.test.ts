import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { RunningCall } from "../../calls/port.ts";
import {
  answer,
  chunk,
  LAST_CHUNK,
  STREAM_HEAD,
  type Step,
} from "../transport/testing/scripted-server.ts";
import { fixture } from "./testing/fixture.ts";
import { runChat } from "./testing/run-provider.ts";
import {
  KEY,
  PLAIN,
  STREAMED,
  sse,
  stream,
  textChunk,
  USAGE,
  USAGE_CHUNK,
  useScriptedProvider,
} from "./testing/scripted-provider.ts";

const scripted = useScriptedProvider();

describe("openAiProvider: what it sends", () => {
  it("posts to the base URL with the key, and keeps nothing at the provider", async () => {
    scripted.script(answer(200, fixture("chat-plain.json")));
    await runChat(scripted.provider({ apiKey: () => `${KEY}\n` }), PLAIN);
    const request = scripted.requests()[0] ?? "";
    expect(request).toMatch(/^POST \/v1\/chat\/completions HTTP\/1.1\r\n/);
    expect(request).toContain(`\r\nauthorization: Bearer ${KEY}\r\n`);
    expect(request).toMatch(/"store":false,"service_tier":"default"}$/);
  });

  it("asks for the key at each call, and refuses the call when there is none", async () => {
    const { failure, events } = await runChat(scripted.provider({ apiKey: () => " " }), PLAIN);
    expect(failure).toMatchObject({ kind: "rejected", maybeBilled: false });
    expect(events).toEqual(["error"]);
    expect(scripted.requests()).toHaveLength(0);
  });

  it.each([
    ["done", KEY, false],
    ["error", "", false],
    ["error", "", true],
    ["error", KEY, true],
  ])(
    "lets no exception of its caller's out: %s, key %j, aborted %j",
    async (event, key, aborts) => {
      scripted.script(answer(200, fixture("chat-plain.json")));
      const events: string[] = [];
      const end = (name: string) => () => {
        events.push(name);
        throw new Error("thrown by the caller");
      };
      const sink = {
        onDelta() {},
        onToolCallDelta() {},
        onDone: end("done"),
        onError: end("error"),
      };
      const call = scripted.provider({ apiKey: () => key }).chat(PLAIN, sink);
      if (aborts) call.abort();
      await sleep(50);
      expect(events).toEqual([event]);
    },
  );

  it("aborts a call that has no key", async () => {
    const onBegun = (call: RunningCall) => call.abort();
    const { failure, events } = await runChat(scripted.provider({ apiKey: () => "" }), PLAIN, {
      onBegun,
    });
    expect(failure).toMatchObject({ kind: "aborted", maybeBilled: false });
    expect(events).toEqual(["error"]);
  });

  it("refuses a base URL that would show the key to the network", () => {
    expect(() => scripted.provider({ baseUrl: "http://api.openai.com/v1" })).toThrow(
      /must be https/,
    );
  });
});

describe("openAiProvider: what it makes of an answer", () => {
  it("gives text, reason, model, request id and usage of a plain answer", async () => {
    scripted.script(answer(200, fixture("chat-cached.json"), { "x-request-id": "req_7" }));
    const { answer: got, events } = await runChat(scripted.provider(), PLAIN);
    expect(events).toEqual(["done"]);
    expect(got).toMatchObject({
      text: "Summarised.",
      toolCalls: [],
      finishReason: "stop",
      modelAnswered: "gpt-4o-2024-08-06",
      providerRequestId: "req_7",
      rawUsage: { prompt_tokens: 2006, prompt_tokens_details: { cached_tokens: 1920 } },
    });
  });

  it("passes on a stream's text piece by piece", async () => {
    scripted.script(
      ...stream(textChunk("a"), textChunk("b"), textChunk("", "stop"), USAGE_CHUNK, "[DONE]"),
    );
    const { deltas, answer: got, events } = await runChat(scripted.provider(), STREAMED);
    expect(deltas).toEqual(["a", "b"]);
    expect(events).toEqual(["delta", "delta", "done"]);
    expect(got).toEqual({
      text: "ab",
      toolCalls: [],
      finishReason: "stop",
      modelAnswered: "m-1",
      providerRequestId: "req_1",
      rawUsage: USAGE,
    });
  });

  it("passes on streamed tool calls as they come, and whole at the end", async () => {
    scripted.script(STREAM_HEAD, chunk(fixture("tool-calls-stream.sse.txt")), LAST_CHUNK);
    const { toolCallDeltas, answer: got } = await runChat(scripted.provider(), STREAMED);
    expect(toolCallDeltas).toEqual([
      { index: 0, id: "call_DdmO9pD3xa9XTPNJ32zg2hcA", name: "get_weather", arguments: "" },
      { index: 0, arguments: '{"location":' },
      { index: 1, id: "call_Q2k8tq1TzY7bWc3pLm5nXd0e", name: "get_time", arguments: "" },
      { index: 0, arguments: '"Paris"}' },
      { index: 1, arguments: "{}" },
    ]);
    expect(got.toolCalls.map((call) => call.function)).toEqual([
      { name: "get_weather", arguments: '{"location":"Paris"}' },
      { name: "get_time", arguments: "{}" },
    ]);
  });

  it("takes a whole answer to a request for a stream as a stream of one piece", async () => {
    scripted.script(answer(200, fixture("chat-plain.json")));
    const { deltas, answer: got } = await runChat(scripted.provider(), STREAMED);
    expect(deltas).toEqual(["Hello! How can I assist you today?"]);
    expect(got.text).toBe("Hello! How can I assist you today?");
  });

  it("is done with [DONE], whenever the body ends", async () => {
    scripted.script(...stream(textChunk("a", "stop"), USAGE_CHUNK, "[DONE]").slice(0, -1), "hang");
    const { answer: got, failure } = await runChat(scripted.provider(), STREAMED);
    expect(failure).toBeNull();
    expect(got.rawUsage).toEqual(USAGE);
  });

  it.each<[string, Step]>([
    ["the server ends the body", LAST_CHUNK],
    ["the server never ends it", "hang"],
  ])("holds no connection of one that was paused as [DONE] came: %s", async (_, end) => {
    const all = sse(textChunk("a", "stop")) + sse(USAGE_CHUNK) + sse("[DONE]");
    scripted.script(STREAM_HEAD, chunk(all), { waitMs: 20 }, end);
    const onDelta = (_text: string, call: RunningCall) => call.pause();
    const provider = scripted.provider({ idleTimeoutMs: 100 });
    expect((await runChat(provider, STREAMED, { onDelta })).failure).toBeNull();
    if (end === "hang") return scripted.connectionsClose();
    await sleep(60);
    scripted.script(answer(200, fixture("chat-plain.json")));
    await runChat(provider, PLAIN);
    expect(scripted.connections()).toBe(1);
  });

  it("is done when [DONE] is missing and the reason has come", async () => {
    scripted.script(...stream(textChunk("a", "stop"), USAGE_CHUNK));
    expect((await runChat(scripted.provider(), STREAMED)).events).toEqual(["delta", "done"]);
  });

  it("is done when the connection breaks after reason and usage", async () => {
    scripted.script(
      STREAM_HEAD,
      chunk(sse(textChunk("a", "stop")) + sse(USAGE_CHUNK)),
      { waitMs: 20 },
      "reset",
    );
    expect((await runChat(scripted.provider(), STREAMED)).events).toEqual(["delta", "done"]);
  });

  it("is done without usage when none comes", async () => {
    scripted.script(...stream(textChunk("a", "stop"), "[DONE]"));
    const { answer: got, failure } = await runChat(scripted.provider(), STREAMED);
    expect(failure).toBeNull();
    expect(got.rawUsage).toBeUndefined();
  });

  it("passes over fields and chunks of another shape", async () => {
    const odd = [{}, { choices: "none" }, { choices: [null] }, { choices: [{ delta: null }] }];
    const odder = [{ choices: [{ delta: { content: 7, tool_calls: [null, { index: -0.5 }] } }] }];
    scripted.script(...stream(...odd, ...odder, textChunk("a", "stop"), "[DONE]"));
    const { answer: got, deltas } = await runChat(scripted.provider(), STREAMED);
    expect(got.text).toBe("a");
    expect(deltas).toEqual(["a"]);
  });
});

describe("openAiProvider: abort", () => {
  it("fails within the call, with what had come, and closes the connection", async () => {
    const both = sse(textChunk("a")) + sse(textChunk("b"));
    scripted.script(STREAM_HEAD, chunk(both), "hang");
    const onDelta = (_: string, call: RunningCall) => call.abort();
    const {
      failure,
      answer: partial,
      events,
    } = await runChat(scripted.provider(), STREAMED, { onDelta });
    expect(failure).toMatchObject({ kind: "aborted", maybeBilled: true });
    expect(partial.text).toBe("a");
    expect(events).toEqual(["delta", "error"]);
    await scripted.connectionsClose();
    expect(events).toEqual(["delta", "error"]);
  });

  it("is not billed before the request was sent", async () => {
    const { failure } = await runChat(scripted.provider(), PLAIN, {
      onBegun: (call) => call.abort(),
    });
    expect(failure).toMatchObject({ kind: "aborted", maybeBilled: false });
  });

  it("does nothing after the end", async () => {
    scripted.script(answer(200, fixture("chat-plain.json")));
    let stop = () => {};
    const { events } = await runChat(scripted.provider(), PLAIN, {
      onBegun(call) {
        stop = () => call.abort();
      },
    });
    stop();
    stop();
    expect(events).toEqual(["done"]);
  });
});
