import type { AnswerBuilder, Delta } from "./answer.ts";
import { errorInAnswer, unreadable } from "./failures.ts";
import { isObject, type JsonObject, parseJson } from "./json.ts";
import { SseParser } from "./sse-parser.ts";
import type { AnswerReader, Progress } from "./wire-call.ts";

/** An event of a stream in OpenAI's words; "complete" for the last one, undefined for one that says nothing. */
export type Translate = (event: JsonObject) => JsonObject | "complete" | undefined;

/**
 * Reads an answer that comes as chat.completion.chunk events. It is whole with `[DONE]`, or, where a server leaves
 * that out, with a finish reason when the body ends, or with finish reason and usage when the connection breaks.
 */
export class StreamReader implements AnswerReader {
  readonly #answer: AnswerBuilder;
  readonly #onDelta: (delta: Delta) => void;
  readonly #translate: Translate;
  readonly #parser = new SseParser((data, name) => this.#takeEvent(data, name));
  #progress: Progress;

  constructor(answer: AnswerBuilder, onDelta: (delta: Delta) => void, translate: Translate) {
    this.#answer = answer;
    this.#onDelta = onDelta;
    this.#translate = translate;
  }

  push(bytes: Buffer): Progress {
    const isWithinBounds = this.#parser.push(bytes) && !this.#answer.isTooLong;
    return (
      this.#progress ?? (isWithinBounds ? undefined : unreadable("it is longer than any answer"))
    );
  }

  end(): Exclude<Progress, undefined> {
    return this.#answer.isFinished ? "complete" : unreadable("its stream ended early");
  }

  isComplete(): boolean {
    return this.#answer.isFinished && this.#answer.hasUsage;
  }

  #takeEvent(data: string, name: string): void {
    if (this.#progress === undefined) this.#progress = this.#read(data, name);
  }

  #read(data: string, name: string): Progress {
    if (data === "[DONE]") return "complete";
    const event = parseJson(data);
    if (!isObject(event)) return unreadable("an event of its stream is no JSON object");
    if (isObject(event.error) || name === "error") return errorInAnswer(event.error ?? event);
    const chunk = this.#translate(event);
    if (chunk === "complete") return chunk;
    if (chunk) this.#onDelta(this.#answer.addChunk(chunk));
    return undefined;
  }
}
