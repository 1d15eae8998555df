/** One HTTP request, as the wires above the transport put it together. */
export interface HttpRequest {
  readonly method: "GET" | "POST";
  /** "https://api.openai.com", without a path. */
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Names in lower case; a repeated header is a list. */
export type HttpHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Why an exchange ended without its answer being whole. */
export interface HttpFault {
  /**
   * connect: no connection came about; broken: it ended too early or what came was no HTTP;
   * callback: the sink threw; aborted: we left.
   */
  readonly reason: "connect" | "broken" | "total_timeout" | "idle_timeout" | "callback" | "aborted";
  /** The system's or undici's name for it: "ECONNREFUSED", "UND_ERR_SOCKET"; never a message, which may quote. */
  readonly code: string | null;
  /** "whole": it had been handed to a connection, so that the other side may have acted on it. */
  readonly sent: "nothing" | "whole";
  /** "some": a byte had come back for this request, even if it was no HTTP, so that the other side has acted on it. */
  readonly received: "nothing" | "some";
}

/**
 * Receives an exchange's events: `onStart` and `onData` as they come, then exactly one of `onEnd` and `onError`.
 * No event comes before `send` has returned. What a callback throws becomes a fault "callback".
 */
export interface HttpSink {
  onStart(status: number, headers: HttpHeaders): void;
  onData(bytes: Buffer): void;
  onEnd(): void;
  onError(fault: HttpFault): void;
}

/** A running exchange. All three do nothing once it is over. */
export interface HttpExchange {
  /** Closes the connection; `onError` follows within this very call. */
  abort(): void;
  /** Stops reading from the connection, so that the other side has to wait; the idle limit rests meanwhile. */
  pause(): void;
  resume(): void;
}

export interface HttpLimits {
  /** From `send` to the end of the answer. */
  readonly totalTimeoutMs: number;
  /** Between two pieces of a body; the wait for the first one is bounded by the total alone. */
  readonly idleTimeoutMs: number;
}

export interface Transport {
  send(request: HttpRequest, sink: HttpSink): HttpExchange;
}
