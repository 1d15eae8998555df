import { describe, expect, it } from "@jest/globals";
import type { ChatRequest } from "../../calls/port.ts";
import { fixture as anyFixture } from "../openai/testing/fixture.ts";
import { runChat } from "../openai/testing/run-provider.ts";
import { PLAIN, STREAMED, useScriptedProvider } from "../openai/testing/scripted-provider.ts";
import {
  answer,
  chunk,
  LAST_CHUNK,
  STREAM_HEAD,
  type Step,
} from "../transport/testing/scripted-server.ts";
import { type AnthropicOptions, anthropicProvider } from "./anthropic-provider.ts";
import { withLastUsage } from "./testing/last-usage.ts";
import { runMessagesSdk } from "./testing/run-sdk.ts";

const scripted = useScriptedProvider();
const fixture = (name: string) => anyFixture(name, "anthropic");
const provider = (more: Partial<AnthropicOptions> = {}) =>
  anthropicProvider({ ...scripted.options(), defaultMaxOutputTokens: 1_000, ...more });
const sdk = (request: ChatRequest, timeoutMs?: number) =>
  runMessagesSdk(scripted.baseUrl().replace("/v1", ""), request, timeoutMs);

const FINISH: Readonly<Record<string, string>> = { end_turn: "stop", tool_use: "tool_calls" };

describe("anthropicProvider and the official SDK, given the same bytes", () => {
  const stream = fixture("message-stream.sse.txt");
  const tools = fixture("tool-use-stream.sse.txt");
  const inBytes = (text: string) => [...Buffer.from(text)].map((byte) => chunk(Buffer.of(byte)));
  const asStream = (text: string): Step[] => [STREAM_HEAD, chunk(text), LAST_CHUNK];

  it.each<[string, ChatRequest, Step[]]>([
    ["a plain answer", PLAIN, [answer(200, fixture("message-plain.json"))]],
    ["cached input", PLAIN, [answer(200, fixture("message-cached.json"))]],
    ["tool use", PLAIN, [answer(200, fixture("message-tool-use.json"))]],
    ["a stream", STREAMED, asStream(stream)],
    ["a stream of tool use", STREAMED, asStream(tools)],
    ["a stream byte by byte", STREAMED, [STREAM_HEAD, ...inBytes(stream), LAST_CHUNK]],
    ["a stream with CRLF", STREAMED, asStream(stream.replaceAll("\n", "\r\n"))],
    ["a stream with comments", STREAMED, asStream(stream.replaceAll("event:", ": x\n\nevent:"))],
  ])("read %s alike", async (_, request, steps) => {
    scripted.script(...steps);
    const theirs = await sdk(request);
    const { answer: ours, failure } = await runChat(provider(), request);
    expect([failure, theirs.failureKind]).toEqual([null, null]);
    const { text, modelAnswered, finishReason, toolCalls } = ours;
    const { stopReason } = theirs;
    expect({ text, modelAnswered, finishReason }).toEqual({
      text: theirs.text,
      modelAnswered: theirs.modelAnswered,
      finishReason: FINISH[stopReason ?? ""],
    });
    expect(toolCalls.map(parsed)).toEqual(theirs.toolCalls.map(parsed));
    const { convertUsage } = provider();
    expect(convertUsage(ours.rawUsage)).toEqual(convertUsage(theirs.usage));
  });

  it("read a stream alike whose last event counts no output, but do not take a beginning for its usage", async () => {
    scripted.script(...asStream(withLastUsage(stream, {})));
    const theirs = await sdk(STREAMED);
    const { answer: ours, failure } = await runChat(provider(), STREAMED);
    expect([failure, theirs.failureKind]).toEqual([null, null]);
    expect([ours.text, ours.finishReason]).toEqual([theirs.text, FINISH[theirs.stopReason ?? ""]]);
    expect(theirs.usage).toMatchObject({ input_tokens: 25 });
    expect(ours).toMatchObject({ rawUsage: { input_tokens: 25 }, isUsagePartial: true });
  });

  const statuses = [400, 401, 403, 404, 413, 429, 500, 503, 529];
  const errorBody = (status: number) => (status === 404 ? "error-404.json" : "error-400.json");

  it.each<[string, Step[]]>([
    ...statuses.map((status): [string, Step[]] => [
      `a ${status}`,
      [answer(status, fixture(errorBody(status)))],
    ]),
    ["a reset", ["reset"]],
    ["a close", ["close"]],
    ["an answer that is no HTTP", ["SMTP ready\r\n\r\n"]],
    ["a cut stream", [STREAM_HEAD, chunk(stream.slice(0, 900)), { waitMs: 20 }, "reset"]],
    [
      "bad JSON in a stream",
      [STREAM_HEAD, chunk("event: message_start\ndata: {oops\n\n"), LAST_CHUNK],
    ],
    [
      "an error in a stream",
      asStream('event: error\ndata: {"type":"error","error":{"type":"overloaded_error"}}\n\n'),
    ],
    ["a stream that ends early", asStream(stream.slice(0, stream.indexOf("event: message_delta")))],
  ])("fail alike on %s", async (_, steps) => {
    scripted.script(...steps);
    const theirs = await sdk(STREAMED);
    const { failure, answer: partial } = await runChat(provider(), STREAMED);
    expect([failure?.kind, failure?.httpStatus]).toEqual([theirs.failureKind, theirs.httpStatus]);
    expect(partial.text).toBe(theirs.text);
  });

  it("time out alike", async () => {
    scripted.script("hang");
    const theirs = await sdk(PLAIN, 60);
    const { failure } = await runChat(provider({ totalTimeoutMs: 60 }), PLAIN);
    expect([failure?.kind, theirs.failureKind]).toEqual(["timeout", "timeout"]);
  });
});

function parsed({
  id,
  function: { name, arguments: args },
}: {
  id: string;
  function: { name: string; arguments: string };
}) {
  return { id, name, input: JSON.parse(args) };
}
