import type { ChatChunk, ChatResponse } from "../../../functions/src/contracts/chat.ts";
import { type Asker, call, type StreamedAnswer, stream } from "./callable.ts";

export type { ChatChunk, ChatResponse };

type Fields = Readonly<Record<string, unknown>>;

/** A chat request with one user message, directives for the simulated model included. */
export function saying(content: string, more: Fields = {}): Fields {
  return { model: "gpt-4o-mini", messages: [{ role: "user", content }], ...more };
}

export function chat(who: Asker, content: string, more: Fields = {}): Promise<ChatResponse> {
  return call<ChatResponse>("chat", who, saying(content, more));
}

export function streamChat(
  who: Asker,
  content: string,
  more: Fields = {},
  init: RequestInit = {},
): Promise<StreamedAnswer<ChatChunk, ChatResponse>> {
  return stream<ChatChunk, ChatResponse>("chat", who, saying(content, more), init);
}

/** What a stream has said, piece by piece. */
export function joinedText(answer: StreamedAnswer<ChatChunk, ChatResponse>): string {
  return answer.chunks.map(({ message }) => message.delta ?? "").join("");
}
