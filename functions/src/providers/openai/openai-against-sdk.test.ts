import { describe, expect, it } from "@jest/globals";
import type { ChatRequest } from "../../calls/port.ts";
import {
  answer,
  chunk,
  LAST_CHUNK,
  STREAM_HEAD,
  type Step,
} from "../transport/testing/scripted-server.ts";
import { fixture } from "./testing/fixture.ts";
import { runChat } from "./testing/run-provider.ts";
import { runSdk } from "./testing/run-sdk.ts";
import { PLAIN, STREAMED, useScriptedProvider } from "./testing/scripted-provider.ts";

const scripted = useScriptedProvider();

describe("openAiProvider and the official SDK, given the same bytes", () => {
  const chatStream = fixture("chat-stream.sse.txt");
  const toolStream = fixture("tool-calls-stream.sse.txt");
  const inBytes = (text: string) => [...Buffer.from(text)].map((byte) => chunk(Buffer.of(byte)));
  const asStream = (text: string): Step[] => [STREAM_HEAD, chunk(text), LAST_CHUNK];
  const withPings = chatStream.replaceAll("data:", ": ping\n\nid: 1\ndata:");

  it.each<[string, ChatRequest, Step[]]>([
    ["a plain answer", PLAIN, [answer(200, fixture("chat-plain.json"))]],
    ["cached input", PLAIN, [answer(200, fixture("chat-cached.json"))]],
    ["reasoning", PLAIN, [answer(200, fixture("chat-reasoning.json"))]],
    ["tool calls", PLAIN, [answer(200, fixture("chat-tool-calls.json"))]],
    ["a refusal", PLAIN, [answer(200, fixture("chat-refusal.json"))]],
    ["a stream", STREAMED, asStream(chatStream)],
    ["a stream of tool calls", STREAMED, asStream(toolStream)],
    ["a stream byte by byte", STREAMED, [STREAM_HEAD, ...inBytes(chatStream), LAST_CHUNK]],
    ["a stream with CRLF", STREAMED, asStream(chatStream.replaceAll("\n", "\r\n"))],
    ["a stream with comments", STREAMED, asStream(withPings)],
    ["a stream without [DONE]", STREAMED, asStream(chatStream.replace("data: [DONE]\n\n", ""))],
    [
      "a stream without usage",
      STREAMED,
      asStream(chatStream.replace(/data: .*"choices":\[\].*\n\n/, "")),
    ],
  ])("read %s alike", async (_, request, steps) => {
    scripted.script(...steps);
    const sdk = await runSdk(scripted.baseUrl(), request);
    const { answer: ours, failure } = await runChat(scripted.provider(), request);
    expect(failure).toBeNull();
    expect({ ...ours, failureKind: null, httpStatus: undefined }).toEqual({
      ...sdk,
      providerRequestId: ours.providerRequestId,
    });
  });

  it("time out alike", async () => {
    scripted.script("hang");
    const sdk = await runSdk(scripted.baseUrl(), PLAIN, { timeoutMs: 60 });
    const { failure } = await runChat(scripted.provider({ totalTimeoutMs: 60 }), PLAIN);
    expect([failure?.kind, sdk.failureKind]).toEqual(["timeout", "timeout"]);
  });
});
