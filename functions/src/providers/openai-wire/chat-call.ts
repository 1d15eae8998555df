import type { ChatRequest, ChatSink, RunningCall } from "../../calls/port.ts";
import type { HttpHeaders } from "../transport/http.ts";
import { AnswerBuilder, type Delta } from "./answer.ts";
import type { Endpoint } from "./endpoint.ts";
import { requestIdOf, unreadable } from "./failures.ts";
import { jsonReader } from "./json-reader.ts";
import { chatBody, type FixedFields } from "./request-body.ts";
import { StreamReader } from "./stream-reader.ts";
import { type AnswerReader, WireCall } from "./wire-call.ts";

/** The longest answers of today's models are below 1 MiB. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** POST {base}/chat/completions, plain or streamed. */
export function startChat(
  endpoint: Endpoint,
  request: ChatRequest,
  fixed: FixedFields,
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
        ? new StreamReader(answer, pass)
        : completionReader(answer, request.stream ? pass : ignore);
    },
    onComplete: () => sink.onDone(answer.snapshot()),
    onFailure: (failure) => sink.onError(failure, answer.snapshot()),
  });
  return call.post(endpoint, "/chat/completions", chatBody(request, fixed));
}

const ignore = () => {};

/** Some servers answer whole although they were asked for a stream: then the stream has one piece. */
function isStream(request: ChatRequest, headers: HttpHeaders): boolean {
  return request.stream && !String(headers["content-type"]).startsWith("application/json");
}

function completionReader(answer: AnswerBuilder, pass: (delta: Delta) => void): AnswerReader {
  return jsonReader(MAX_BODY_BYTES, (body) => {
    if (!Array.isArray(body.choices)) return unreadable("it has no choices");
    pass(answer.addCompletion(body));
    return "complete";
  });
}
