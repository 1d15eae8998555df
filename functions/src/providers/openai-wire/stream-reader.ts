import type { AnswerBuilder, Delta } from "./answer.ts";
import { errorInAnswer, unreadable } from "./failures.ts";
import { isObject, parseJson } from "./json.ts";
import { SseParser } from "./sse-parser.ts";
import type { AnswerReader, Progress } from "./wire-call.ts";

/**
 * Reads an answer that comes as chat.completion.chunk events. It is whole with `[DONE]`, or, where a server leaves
 * that out, with a finish reason when the body ends, or with finish reason and usage when the connection breaks.
 */
export class StreamReader implements AnswerReader {
  readonly #answer: AnswerBuilder;
  readonly #onDelta: (delta: Delta) => void;
  readonly #parser = new SseParser((data, name) => this.#takeEvent(data, name));
  #progress: Progress;

  constructor(answer: AnswerBuilder, onDelta: (delta: Delta) => void) {
    this.#answer = answer;
    this.#onDelta = onDelta;
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
    const chunk = parseJson(data);
    if (!isObject(chunk)) return unreadable("an event of its stream is no JSON object");
    if (isObject(chunk.error) || name === "error") return errorInAnswer(chunk.error ?? chunk);
    this.#onDelta(this.#answer.addChunk(chunk));
    return undefined;
  }
}
