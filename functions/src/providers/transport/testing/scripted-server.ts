import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * What the server does with a connection once a request has come: pieces to write, or acts. "early", as the first one: it
 * does not wait for the request's body.
 */
export type Step =
  | string
  | Buffer
  | { readonly waitMs: number }
  | "reset"
  | "close"
  | "hang"
  | "early";

export interface ScriptedServer {
  readonly origin: string;
  /** Each request as it came, headers and body. */
  readonly requests: string[];
  readonly connections: () => number;
  readonly openSockets: () => number;
  /** Steps for the next request; the last ones given serve all that follow. */
  script(...steps: readonly Step[]): void;
  stop(): Promise<void>;
}

/** A server that answers byte for byte as told: what no proper HTTP server would send. */
export async function scriptedServer(): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let connections = 0;
  let steps: readonly Step[] = [];
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    const isEarly = () => steps[0] === "early";
    readRequests(socket, isEarly, (request) => {
      requests.push(request);
      play(socket, steps).catch(() => socket.destroy());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections: () => connections,
    openSockets: () => sockets.size,
    script: (...given) => {
      steps = given;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A whole answer with its length. */
export function answer(status: number, body: string, headers: Record<string, string> = {}): string {
  const all = { "content-type": "application/json", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status} Scripted\r\n${lines.join("")}content-length: ${length}\r\n\r\n${body}`;
}

/** The head of a stream; `chunk` and LAST_CHUNK follow. */
export const STREAM_HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: req_1\r\ntransfer-encoding: chunked\r\n\r\n";
export const LAST_CHUNK = "0\r\n\r\n";

export function chunk(data: string | Buffer): Buffer {
  const bytes = Buffer.from(data);
  const head = Buffer.from(`${bytes.length.toString(16)}\r\n`);
  return Buffer.concat([head, bytes, Buffer.from("\r\n")]);
}

/** The first byte of a client that wants TLS. */
const TLS_HELLO = "\x16";

async function play(socket: Socket, steps: readonly Step[]): Promise<void> {
  socket.setNoDelay(true);
  for (const step of steps) {
    if (step === "reset") socket.resetAndDestroy();
    else if (step === "close") socket.end();
    else if (step === "hang") return;
    else if (step === "early") continue;
    else if (typeof step === "string" || Buffer.isBuffer(step)) socket.write(step);
    else await sleep(step.waitMs);
  }
}

function readRequests(
  socket: Socket,
  isEarly: () => boolean,
  onRequest: (request: string) => void,
): void {
  let received = "";
  let requests = 0;
  socket.setEncoding("utf8");
  socket.on("data", (text: string) => {
    received += text;
    if (received.startsWith(TLS_HELLO)) socket.end("This is no TLS.");
    if (isEarly()) {
      if (requests === 0) onRequest(text);
      requests += 1;
      return;
    }
    for (let end = requestEnd(received); end > 0; end = requestEnd(received)) {
      onRequest(received.slice(0, end));
      received = received.slice(end);
    }
  });
}

/** 0 while the request is not whole. Bodies of tests are ASCII. */
function requestEnd(received: string): number {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return 0;
  const length = /content-length: (\d+)/i.exec(received)?.[1] ?? "0";
  const end = headEnd + 4 + Number(length);
  return received.length >= end ? end : 0;
}
