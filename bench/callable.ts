import { Agent, type IncomingMessage, request } from "node:http";

/** A client's connections stay open, as a browser's do. */
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

export interface Question {
  readonly url: string;
  readonly token: string;
  /** The JSON of `{data}`, made once. */
  readonly body: string;
  readonly streams: boolean;
}

export interface Answer {
  readonly totalMs: number;
  /** Null for a plain call. */
  readonly firstChunkMs: number | null;
  readonly body: string;
}

/** Calls a callable function as Firebase's SDKs do. @throws Error unless it answers with a result */
export function ask(question: Question): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(question.body),
      authorization: `Bearer ${question.token}`,
      ...(question.streams && { accept: "text/event-stream" }),
    };
    const onResponse = (response: IncomingMessage) =>
      receive(response, question, startedMs).then(resolve, reject);
    const asked = request(question.url, { method: "POST", agent, headers }, onResponse);
    asked.on("error", (error: NodeJS.ErrnoException) => {
      // A server closes what was idle for 5 s, and sometimes just when it is used again.
      if (asked.reusedSocket && error.code === "ECONNRESET") ask(question).then(resolve, reject);
      else reject(error);
    });
    asked.end(question.body);
  });
}

function receive(response: IncomingMessage, { url, streams }: Question, startedMs: number) {
  return new Promise<Answer>((resolve, reject) => {
    let body = "";
    let firstChunkMs: number | null = null;
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      if (streams) firstChunkMs ??= performance.now() - startedMs;
      body += text;
    });
    response.on("error", reject);
    response.on("end", () => {
      const totalMs = performance.now() - startedMs;
      if (response.statusCode === 200 && body.includes('"result":')) {
        resolve({ totalMs, firstChunkMs, body });
      } else {
        reject(new Error(`${url} answers ${response.statusCode}: ${body}`));
      }
    });
  });
}

export function chunksOf({ body }: Answer): number {
  return body.split('data: {"message":').length - 1;
}
