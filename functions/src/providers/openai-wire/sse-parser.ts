import { StringDecoder } from "node:string_decoder";

/** Bound of a line and of one event's data, in characters. Real events are below 10 KiB. */
const MAX_EVENT_LENGTH = 1024 * 1024;
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * Server-sent events: bytes in, each event's data and name out. A character, a line or an event may be cut anywhere; LF,
 * CR and CRLF end a line; several `data:` lines are joined by LF; comments and other fields are skipped; an event that the
 * end of the stream cuts off is dropped. https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export class SseParser {
  readonly #onEvent: (data: string, name: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  #line = "";
  #data: string | null = null;
  #name = "";
  #begun = false;
  #endedInCr = false;

  constructor(onEvent: (data: string, name: string) => void) {
    this.#onEvent = onEvent;
  }

  /** @returns false when a line or an event is longer than anybody means to send; nothing may follow then */
  push(bytes: Buffer): boolean {
    const text = this.#withLineFeeds(this.#decode(bytes));
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      if (!this.#takeLine(this.#line + text.slice(start, end))) return false;
      this.#line = "";
      start = end + 1;
    }
    this.#line += text.slice(start);
    return this.#line.length <= MAX_EVENT_LENGTH;
  }

  #decode(bytes: Buffer): string {
    const text = this.#decoder.write(bytes);
    if (this.#begun || text === "") return text;
    this.#begun = true;
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }

  /** A CR ends its line at once; if an LF comes next, in this piece or the following one, it belongs to it. */
  #withLineFeeds(text: string): string {
    if (text === "") return text;
    const rest = this.#endedInCr && text.startsWith("\n") ? text.slice(1) : text;
    this.#endedInCr = text.endsWith("\r");
    return rest.includes("\r") ? rest.replace(/\r\n?/g, "\n") : rest;
  }

  #takeLine(line: string): boolean {
    if (line === "") this.#endEvent();
    else if (line.startsWith("data:")) this.#addData(fieldValue(line, 5));
    else if (line.startsWith("event:")) this.#name = fieldValue(line, 6);
    return line.length <= MAX_EVENT_LENGTH && (this.#data?.length ?? 0) <= MAX_EVENT_LENGTH;
  }

  #addData(data: string): void {
    this.#data = this.#data === null ? data : `${this.#data}\n${data}`;
  }

  #endEvent(): void {
    const data = this.#data;
    const name = this.#name;
    this.#data = null;
    this.#name = "";
    if (data !== null) this.#onEvent(data, name);
  }
}

function fieldValue(line: string, start: number): string {
  return line.slice(line[start] === " " ? start + 1 : start);
}
