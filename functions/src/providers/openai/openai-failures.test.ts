import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
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
  closedBaseUrl,
  KEY,
  PLAIN,
  STREAMED,
  sse,
  stream,
  textChunk,
  USAGE_CHUNK,
  useScriptedProvider,
} from "./testing/scripted-provider.ts";

const scripted = useScriptedProvider();

describe("openAiProvider: what it makes of a failure", () => {
  it.each([
    [400, "error-400.json", { kind: "rejected" }],
    [401, "error-401.json", { kind: "rejected" }],
    [403, "error-401.json", { kind: "rejected" }],
    [404, "error-404.json", { kind: "unknown_model" }],
    [404, "error-400.json", { kind: "rejected" }],
    [422, "error-400.json", { kind: "rejected" }],
    [408, "error-400.json", { kind: "timeout" }],
    [429, "error-429.json", { kind: "rate_limited", retryAfterMs: 2_000 }],
    [500, "error-400.json", { kind: "unavailable" }],
    [503, "error-400.json", { kind: "unavailable", retryAfterMs: 2_000 }],
    [302, "error-400.json", { kind: "unavailable" }],
  ])("knows a %i with %s, which bills nothing", async (status, body, expected) => {
    const headers = {
      "x-request-id": "req_9",
      ...(status === 429 || status === 503 ? { "retry-after": "2" } : {}),
    };
    scripted.script(answer(status, fixture(body), headers));
    for (const request of [PLAIN, STREAMED]) {
      const { failure, events } = await runChat(scripted.provider(), request);
      expect(failure).toEqual({
        ...expected,
        maybeBilled: false,
        sent: "whole",
        ...([408, 429, 500, 503].includes(status) ? { repeat: "later" } : {}),
        httpStatus: status,
        providerRequestId: "req_9",
        message: expect.any(String),
      });
      expect(events).toEqual(["error"]);
    }
  });

  it("names what the provider names, and quotes nothing", async () => {
    const quoting = {
      message: `Incorrect API key provided: ${KEY}, in: my secret prompt`,
      type: "invalid_request_error",
      code: KEY,
      param: "messages[0].content",
    };
    scripted.script(answer(400, JSON.stringify({ error: quoting })));
    const { failure } = await runChat(scripted.provider(), PLAIN);
    expect(failure?.message).toBe(
      "The provider refused the request (HTTP 400, invalid_request_error, field messages[0].content).",
    );
  });

  it.each([
    ["an empty body", ""],
    ["HTML", "<html>Bad gateway</html>"],
    ["an error in text", '{"error":"overloaded"}'],
    ["an endless body", "x".repeat(200 * 1024)],
  ])("knows a 502 with %s", async (_, body) => {
    scripted.script(answer(502, body, { "content-type": "text/html" }));
    const { failure } = await runChat(scripted.provider(), PLAIN);
    expect(failure).toMatchObject({ kind: "unavailable", httpStatus: 502, maybeBilled: false });
    expect(failure?.message).toBe("The provider failed (HTTP 502).");
  });

  it("knows a 429 whose body never comes whole", async () => {
    scripted.script(
      "HTTP/1.1 429 Slow down\r\nretry-after: 3\r\ncontent-length: 100\r\n\r\n{",
      { waitMs: 20 },
      "reset",
    );
    const { failure } = await runChat(scripted.provider(), PLAIN);
    expect(failure).toMatchObject({
      kind: "rate_limited",
      retryAfterMs: 3_000,
      maybeBilled: false,
    });
  });

  it("is not billed when the connection is refused", async () => {
    const { failure } = await runChat(scripted.provider({ baseUrl: await closedBaseUrl() }), PLAIN);
    expect(failure).toMatchObject({ maybeBilled: false, sent: "nothing", repeat: "at_once" });
    expect(failure?.message).toBe("No connection to the provider (ECONNREFUSED).");
  });

  it("may be billed when the connection breaks after the request was sent", async () => {
    scripted.script("reset");
    const { failure } = await runChat(scripted.provider(), PLAIN);
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true, repeat: "at_once" });
  });

  it("is not to be repeated when the answer had begun", async () => {
    scripted.script(STREAM_HEAD, { waitMs: 20 }, "reset");
    const { failure } = await runChat(scripted.provider(), STREAMED);
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true, sent: "whole" });
    expect(failure).not.toHaveProperty("repeat");
  });

  it.each([
    [429, { "x-should-retry": "false" }, undefined],
    [409, { "x-should-retry": "true" }, "later"],
  ])("heeds what a %i says of repeating it: %j", async (status, headers, repeat) => {
    scripted.script(answer(status, fixture("error-400.json"), headers));
    const { failure } = await runChat(scripted.provider(), PLAIN);
    expect(failure?.repeat).toBe(repeat);
  });

  it("is not to be repeated when the quota is used up, which waiting does not fill", async () => {
    scripted.script(answer(429, '{"error":{"code":"insufficient_quota"}}'));
    const { failure } = await runChat(scripted.provider(), PLAIN);
    expect(failure).toMatchObject({ kind: "rate_limited", sent: "whole" });
    expect(failure).not.toHaveProperty("repeat");
  });

  it.each<[string, Step[]]>([
    ["no JSON", [answer(200, "<html>")]],
    ["JSON that is no object", [answer(200, "[]")]],
    ["no choices", [answer(200, "{}")]],
    ["an error with a good status", [answer(200, '{"error":{"code":"server_error"}}')]],
    ["more than 10 MiB", [answer(200, `{"x":"${"y".repeat(10 * 1024 * 1024)}"}`)]],
    ["a body cut short", [answer(200, fixture("chat-plain.json")).slice(0, -200), "close"]],
  ])("cannot read a plain answer with %s, and may be billed", async (_, steps) => {
    scripted.script(...steps);
    const { failure, events } = await runChat(scripted.provider(), PLAIN);
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true });
    expect(events).toEqual(["error"]);
  });

  const begun = [STREAM_HEAD, chunk(sse(textChunk("a")))];

  it.each<[string, Step[], RegExp]>([
    ["a cut", [...begun, { waitMs: 20 }, "reset"], /broke/],
    ["an end without [DONE] and reason", [...begun, LAST_CHUNK], /ended early/],
    [
      "a cut after the reason, without usage",
      [...begun, chunk(sse(textChunk("", "stop"))), { waitMs: 20 }, "reset"],
      /broke/,
    ],
    ["an event that is no JSON", [...begun, chunk("data: {oops\n\n"), "hang"], /no JSON object/],
    ["an event that is no object", [...begun, chunk("data: 7\n\n"), "hang"], /no JSON object/],
    [
      "an error event",
      [...begun, chunk(sse({ error: { code: "server_error" } })), "hang"],
      /error \(server_error\)/,
    ],
    [
      "an event named error",
      [...begun, chunk('event: error\ndata: {"message":"x"}\n\n'), "hang"],
      /error\.$/,
    ],
    [
      "a line without end",
      [...begun, ...Array<Buffer>(40).fill(chunk("x".repeat(64 * 1024))), "hang"],
      /longer/,
    ],
  ])("keeps what had come of a stream with %s, and may be billed", async (_, steps, message) => {
    scripted.script(...steps);
    const { failure, answer: partial, events } = await runChat(scripted.provider(), STREAMED);
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true });
    expect(failure?.message).toMatch(message);
    expect(partial).toMatchObject({ text: "a", modelAnswered: "m-1", providerRequestId: "req_1" });
    expect(events).toEqual(["delta", "error"]);
    if (steps.includes("hang")) await scripted.connectionsClose();
  });

  it.each([
    [{ code: "rate_limit_exceeded" }, "rate_limited"],
    [{ type: "invalid_request_error", code: "content_filter" }, "rejected"],
    [{ code: "model_not_found" }, "unknown_model"],
    [{ code: 503 }, "unavailable"],
  ])("knows an error in mid-stream: %j", async (error, kind) => {
    scripted.script(...stream(textChunk("a"), { error }));
    expect((await runChat(scripted.provider(), STREAMED)).failure).toMatchObject({
      kind,
      maybeBilled: true,
    });
  });

  it("ends a stream that writes more than any answer has", async () => {
    const long = chunk(sse(textChunk("x".repeat(512 * 1024))));
    scripted.script(STREAM_HEAD, ...Array<Buffer>(24).fill(long), "hang");
    const { failure } = await runChat(scripted.provider(), STREAMED);
    expect(failure?.message).toMatch(/longer/);
  });

  it("times out when the whole takes too long, and may be billed", async () => {
    scripted.script("hang");
    const { failure } = await runChat(scripted.provider({ totalTimeoutMs: 50 }), PLAIN);
    expect(failure).toMatchObject({ kind: "timeout", maybeBilled: true });
    await scripted.connectionsClose();
  });

  it("times out when a stream stops, and keeps what had come", async () => {
    scripted.script(...begun, "hang");
    const { failure, answer: partial } = await runChat(
      scripted.provider({ idleTimeoutMs: 50 }),
      STREAMED,
    );
    expect(failure).toMatchObject({ kind: "timeout", maybeBilled: true });
    expect(partial.text).toBe("a");
  });

  it("turns an exception of the sink into a failure", async () => {
    scripted.script(...stream(textChunk("a"), textChunk("b", "stop"), USAGE_CHUNK, "[DONE]"));
    const onDelta = () => {
      throw new Error("thrown by the sink");
    };
    const { failure, events } = await runChat(scripted.provider(), STREAMED, { onDelta });
    expect(failure).toMatchObject({ kind: "unavailable", maybeBilled: true });
    await sleep(30);
    expect(events).toEqual(["delta", "error"]);
  });
});
