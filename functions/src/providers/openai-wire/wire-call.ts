import type { ProviderFailure, RunningCall } from "../../calls/port.ts";
import type {
  HttpExchange,
  HttpFault,
  HttpHeaders,
  HttpRequest,
  HttpSink,
} from "../transport/http.ts";
import type { Endpoint } from "./endpoint.ts";
import { faultFailure, refusalFailure } from "./failures.ts";

/** Error bodies are a few hundred bytes; what is longer is cut, not waited for. */
const MAX_REFUSAL_BYTES = 64 * 1024;

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json",
  "accept-encoding": "identity",
  "user-agent": "tollgate",
};

const NO_KEY: ProviderFailure = {
  kind: "rejected",
  maybeBilled: false,
  sent: "nothing",
  message: "No API key for the provider is set.",
};

const ABORTED_UNSENT: HttpFault = {
  reason: "aborted",
  code: null,
  sent: "nothing",
  received: "nothing",
};

/** Where a read stands: it goes on (undefined), all has come, or it failed. */
export type Progress = undefined | "complete" | ProviderFailure;

/** Reads the body of a good answer. */
export interface AnswerReader {
  push(bytes: Buffer): Progress;
  /** The body has ended, by the rules of HTTP. */
  end(): Exclude<Progress, undefined>;
  /** Whether all that matters had come when the connection broke. */
  isComplete(): boolean;
}

export interface WireCallSink {
  /** The status was 2xx. */
  open(headers: HttpHeaders): AnswerReader;
  onComplete(): void;
  onFailure(failure: ProviderFailure): void;
}

/** Follows one exchange to its one end: success is the reader's business, every kind of failure is settled here. */
export class WireCall implements HttpSink, RunningCall {
  readonly #sink: WireCallSink;
  #exchange: HttpExchange | null = null;
  #reader: AnswerReader | null = null;
  #settled = false;

  constructor(sink: WireCallSink) {
    this.#sink = sink;
  }

  /** Nothing of an answer is passed on after its end has been. */
  get isSettled(): boolean {
    return this.#settled;
  }

  post(endpoint: Endpoint, path: string, body: string): RunningCall {
    const key = endpoint.authorization();
    if (key === null) queueMicrotask(() => this.#settle(NO_KEY));
    else this.#exchange = endpoint.transport.send(postRequest(endpoint, path, key, body), this);
    return this;
  }

  abort(): void {
    if (this.#settled) return;
    if (this.#exchange) this.#exchange.abort();
    else this.#settle(faultFailure(ABORTED_UNSENT));
  }

  /** Not after the end: what is still to come of the body has to be read for the connection to be free. */
  pause(): void {
    if (!this.#settled) this.#exchange?.pause();
  }

  resume(): void {
    this.#exchange?.resume();
  }

  onStart(status: number, headers: HttpHeaders): void {
    const isGood = status >= 200 && status < 300;
    this.#reader = isGood ? this.#sink.open(headers) : new RefusalReader(status, headers);
  }

  onData(bytes: Buffer): void {
    if (!this.#settled) this.#settle(this.#reader?.push(bytes));
  }

  onEnd(): void {
    this.#settle(this.#reader?.end());
  }

  onError(fault: HttpFault): void {
    const isOurs = fault.reason === "aborted" || fault.reason === "callback";
    const hasAll = !isOurs && this.#reader?.isComplete();
    this.#settle(hasAll ? this.#reader?.end() : faultFailure(fault));
  }

  #settle(progress: Progress): void {
    if (progress === undefined || this.#settled) return;
    this.#settled = true;
    if (progress === "complete") this.#exchange?.resume();
    else this.#exchange?.abort();
    try {
      if (progress === "complete") this.#sink.onComplete();
      else this.#sink.onFailure(progress);
    } catch {
      // The sink has been told, and there is nobody else to tell: thrown on, it could end the whole process.
    }
  }
}

function postRequest(
  { origin, basePath }: Endpoint,
  path: string,
  key: Readonly<Record<string, string>>,
  body: string,
): HttpRequest {
  return { method: "POST", origin, path: basePath + path, headers: { ...HEADERS, ...key }, body };
}

/** The body of a status other than 2xx. Its status alone says enough when the rest does not come. */
class RefusalReader implements AnswerReader {
  readonly #status: number;
  readonly #headers: HttpHeaders;
  readonly #chunks: Buffer[] = [];
  #lengthBytes = 0;

  constructor(status: number, headers: HttpHeaders) {
    this.#status = status;
    this.#headers = headers;
  }

  push(bytes: Buffer): Progress {
    this.#chunks.push(bytes);
    this.#lengthBytes += bytes.length;
    return this.#lengthBytes > MAX_REFUSAL_BYTES ? this.end() : undefined;
  }

  end(): ProviderFailure {
    const body = Buffer.concat(this.#chunks).toString("utf8");
    return refusalFailure({ status: this.#status, headers: this.#headers, body }, Date.now());
  }

  isComplete(): boolean {
    return true;
  }
}
