import type { Dispatcher } from "undici";
import type { HttpExchange, HttpFault, HttpHeaders, HttpLimits, HttpSink } from "./http.ts";

/**
 * One request on undici's callback interface. A class, because undici calls methods on it per chunk and a promise,
 * an iterator or a closure for each of them is what makes streams slow.
 */
export class Exchange implements HttpExchange, Dispatcher.DispatchHandler {
  readonly #sink: HttpSink;
  readonly #idleTimeoutMs: number;
  readonly #totalTimer: NodeJS.Timeout;
  #idleTimer: NodeJS.Timeout | null = null;
  #controller: Dispatcher.DispatchController | null = null;
  #dispatching = true;
  #sent: HttpFault["sent"] = "nothing";
  #received: HttpFault["received"] = "nothing";
  #bodyBegun = false;
  #paused = false;
  #over = false;

  constructor(sink: HttpSink, limits: HttpLimits) {
    this.#sink = sink;
    this.#idleTimeoutMs = limits.idleTimeoutMs;
    this.#totalTimer = setTimeout(() => this.#fail("total_timeout"), limits.totalTimeoutMs);
  }

  abort(): void {
    this.#fail("aborted");
  }

  pause(): void {
    if (this.#over) return;
    this.#paused = true;
    this.#stopIdleTimer();
    this.#controller?.pause();
  }

  resume(): void {
    if (this.#over || !this.#paused) return;
    this.#paused = false;
    if (this.#bodyBegun) this.#restartIdleTimer();
    this.#controller?.resume();
  }

  /** From here on events may be passed on at once: the caller of `send` holds the exchange. */
  dispatched(): void {
    this.#dispatching = false;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#over) controller.abort(new Error("given up before it was sent"));
    else if (this.#paused) controller.pause();
  }

  /** undici writes head and body of a text in one go, so that there is no part of it. */
  onRequestSent(): void {
    this.#sent = "whole";
  }

  /** At the first byte that comes back on the connection, long before whole headers. */
  onResponseStarted(): void {
    this.#received = "some";
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpHeaders): void {
    const isInterim = status < 200;
    if (this.#over || isInterim) return;
    try {
      this.#sink.onStart(status, headers);
    } catch {
      this.#fail("callback");
    }
  }

  onResponseData(_: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#over) return;
    this.#bodyBegun = true;
    if (!this.#paused) this.#restartIdleTimer();
    try {
      this.#sink.onData(bytes);
    } catch {
      this.#fail("callback");
    }
  }

  onResponseEnd(): void {
    if (this.#over) return;
    this.#close();
    try {
      this.#sink.onEnd();
    } catch {
      this.#report("callback", null);
    }
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    const fail = () => this.#fail(this.#controller ? "broken" : "connect", codeOf(error));
    if (this.#dispatching) queueMicrotask(fail);
    else fail();
  }

  #fail(reason: HttpFault["reason"], code: string | null = null): void {
    if (this.#over) return;
    this.#close();
    this.#controller?.abort(new Error(reason));
    this.#report(reason, code);
  }

  #report(reason: HttpFault["reason"], code: string | null): void {
    try {
      this.#sink.onError({ reason, code, sent: this.#sent, received: this.#received });
    } catch {
      // The sink has been told, and there is nobody else to tell: thrown on, it would end the whole process.
    }
  }

  #restartIdleTimer(): void {
    if (this.#idleTimer) this.#idleTimer.refresh();
    else this.#idleTimer = setTimeout(() => this.#fail("idle_timeout"), this.#idleTimeoutMs);
  }

  #stopIdleTimer(): void {
    if (this.#idleTimer) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }

  #close(): void {
    this.#over = true;
    clearTimeout(this.#totalTimer);
    this.#stopIdleTimer();
  }
}

function codeOf(error: Error): string | null {
  return "code" in error && typeof error.code === "string" ? error.code : null;
}
