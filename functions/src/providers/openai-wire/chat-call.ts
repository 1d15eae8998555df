import type { ChatRequest, ChatSink, RunningCall } from "../../calls/port.ts";
import type { HttpHeaders } from "../transport/http.ts";
import { AnswerBuilder, type Delta } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";
import { requestIdOf, unreadable } from "./failures.ts";
import type { JsonObject } from "./json.ts";
import { jsonReader } from "./json-reader.ts";
import { type BodyStyle, chatBody } from "./request-body.ts";
import { StreamReader, type Translate } from "./stream-reader.ts";
import { type AnswerReader, WireCall } from "./wire-call.ts";

/** The longest answers of today's models are below 1 MiB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** How a provider is asked, and its answer in OpenAI's words. */
export interface ChatProtocol {
  readonly path: string;
  body(request: ChatRequest): string;
  /** For the events of one stream. */
  translator(): Translate;
  /** A whole answer as a `chat.completion`; null for what is none. */
  completionOf(body: JsonObject): JsonObject | null;
}

/** POST {base}/chat/completions */
export function chatCompletions(style: BodyStyle, translator = asItIs): ChatProtocol {
  return {
    path: "/chat/completions",
    body: (request) => chatBody(request, style),
    translator,
    completionOf: (body) => (Array.isArray(body.choices) ? body : null),
  };
}

/** A chat, plain or streamed. */
export function startChat(
  endpoint: Endpoint,
  protocol: ChatProtocol,
  request: ChatRequest,
  sink: ChatSink,
): RunningCall {
  let answer = new AnswerBuilder(null);
  const pass = (delta: Delta) => {
    if (delta.text !== "" && !call.isSettled) sink.onDelta(delta.text);
    if (delta.toolCalls.length > 0 && !call.isSettled) sink.onToolCallDelta(delta.toolCalls);
  };
  const call = new WireCall({
    open(headers) {
      answer = new AnswerBuilder(requestIdOf(headers));
      return isStream(request, headers)
        ? new StreamReader(answer, pass, protocol.translator())
        : completionReader(protocol, answer, request.stream ? pass : ignore);
    },
    onComplete: () => sink.onDone(answer.snapshot()),
    onFailure: (failure) => sink.onError(failure, answer.snapshot()),
  });
  return call.post(endpoint, protocol.path, protocol.body(request));
}

const ignore = () => {};
const asItIs = (): Translate => (event) => event;

/** Some servers answer whole although they were asked for a stream: then the stream has one piece. */
function isStream(request: ChatRequest, headers: HttpHeaders): boolean {
  return request.stream && !String(headers["content-type"]).startsWith("application/json");
}

function completionReader(
  protocol: ChatProtocol,
  answer: AnswerBuilder,
  pass: (delta: Delta) => void,
): AnswerReader {
  return jsonReader(MAX_BODY_BYTES, (body) => {
    const completion = protocol.completionOf(body);
    if (!completion) return unreadable("it is no answer to a chat");
    pass(answer.addCompletion(completion));
    return "complete";
  });
}
