import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type Agent, buildConnector } from "undici";
import type { HttpExchange, HttpFault, HttpSink } from "./http.ts";
import { httpTransport, keepAliveAgent } from "./http-transport.ts";
import {
  answer,
  chunk,
  LAST_CHUNK,
  type ScriptedServer,
  STREAM_HEAD,
  type Step,
  scriptedServer,
} from "./testing/scripted-server.ts";

let server: ScriptedServer;
let agent: Agent;

beforeEach(async () => {
  server = await scriptedServer();
  agent = keepAliveAgent();
});

afterEach(async () => {
  await agent.destroy();
  await server.stop();
});

const UNSENT = { sent: "nothing", received: "nothing" } as const;

interface Outcome {
  readonly events: string[];
  readonly fault?: HttpFault;
}

interface Options {
  readonly totalTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
  readonly origin?: string;
  readonly body?: string;
  readonly on?: (event: string, exchange: HttpExchange) => void;
}

/** Sends one request and collects what comes, until its end. */
function exchangeOnce(options: Options = {}): {
  outcome: Promise<Outcome>;
  exchange: HttpExchange;
} {
  const { totalTimeoutMs = 2_000, idleTimeoutMs = 1_000, origin = server.origin } = options;
  const events: string[] = [];
  let exchange: HttpExchange = { abort() {}, pause() {}, resume() {} };
  const outcome = new Promise<Outcome>((resolve) => {
    const note = (event: string) => {
      events.push(event);
      options.on?.(event, exchange);
    };
    const sink: HttpSink = {
      onStart: (status) => note(`start ${status}`),
      onData: (bytes) => note(`data ${bytes.toString("utf8")}`),
      onEnd: () => {
        resolve({ events });
        note("end");
      },
      onError: (fault) => {
        resolve({ events, fault });
        note(`error ${fault.reason}`);
      },
    };
    const request = { method: "POST", origin, path: "/v1/x", headers: { a: "b" } } as const;
    const transport = httpTransport({ totalTimeoutMs, idleTimeoutMs }, agent);
    exchange = transport.send({ ...request, body: options.body ?? "{}" }, sink);
  });
  return { outcome, exchange };
}

describe("httpTransport", () => {
  it("sends the request as it is and passes the answer on", async () => {
    server.script(answer(200, "hello"));
    const { events } = await exchangeOnce({ body: '{"x":1}' }).outcome;
    expect(events).toEqual(["start 200", "data hello", "end"]);
    expect(server.requests[0]).toMatch(
      /^POST \/v1\/x HTTP\/1.1\r\n.*\r\na: b\r\n.*\r\n\r\n{"x":1}$/s,
    );
  });

  it("takes the same connection for the next request", async () => {
    server.script(answer(200, "hello"));
    await exchangeOnce().outcome;
    await sleep(20);
    await exchangeOnce().outcome;
    expect(server.requests).toHaveLength(2);
    expect(server.connections()).toBe(1);
  });

  it("passes on each piece of a stream as it comes", async () => {
    server.script(STREAM_HEAD, chunk("one"), { waitMs: 20 }, chunk("two"), LAST_CHUNK);
    const { events } = await exchangeOnce().outcome;
    expect(events).toEqual(["start 200", "data one", "data two", "end"]);
  });

  it("does not follow a redirect", async () => {
    server.script(answer(307, "", { location: "http://127.0.0.1:1/elsewhere" }));
    expect((await exchangeOnce().outcome).events).toEqual(["start 307", "end"]);
    expect(server.requests).toHaveLength(1);
  });

  it("passes over interim answers", async () => {
    server.script("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", answer(200, "hello"));
    expect((await exchangeOnce().outcome).events).toEqual(["start 200", "data hello", "end"]);
  });

  it("says of a refused connection that nothing was sent", async () => {
    const origin = await closedOrigin();
    const { fault } = await exchangeOnce({ origin }).outcome;
    expect(fault).toEqual({ ...UNSENT, reason: "connect", code: "ECONNREFUSED" });
  });

  it("says of a reset before the answer that the request was sent whole", async () => {
    server.script("reset");
    const { events, fault } = await exchangeOnce().outcome;
    expect(events).toEqual(["error broken"]);
    expect(fault).toMatchObject({ reason: "broken", sent: "whole", received: "nothing" });
  });

  it.each([
    ["a byte", "H"],
    ["half a header", "HTTP/1.1 200 OK\r\ncontent-ty"],
    ["an interim answer", "HTTP/1.1 103 Early Hints\r\n\r\n"],
    ["a byte that is no HTTP", "S"],
  ])("says of a reset after %s that something of an answer had come", async (_, begin) => {
    server.script(begin, { waitMs: 20 }, "reset");
    const { events, fault } = await exchangeOnce().outcome;
    expect(events).toEqual(["error broken"]);
    expect(fault).toMatchObject({ sent: "whole", received: "some" });
  });

  it("counts what came on the same connection for another request as nothing of this one", async () => {
    server.script(answer(200, "hello"));
    await exchangeOnce().outcome;
    await sleep(20);
    server.script("reset");
    const { fault } = await exchangeOnce().outcome;
    expect(server.connections()).toBe(1);
    expect(fault).toMatchObject({ reason: "broken", sent: "whole", received: "nothing" });
  });

  it.each([
    ["a reset", "reset"],
    ["a close", "close"],
  ] as const)("reports %s in mid-body once, after what came", async (_, step) => {
    server.script(STREAM_HEAD, chunk("one"), { waitMs: 20 }, step);
    const { events, fault } = await exchangeOnce().outcome;
    expect(events).toEqual(["start 200", "data one", "error broken"]);
    expect(fault?.sent).toBe("whole");
  });

  it("reports what is no HTTP", async () => {
    server.script("SMTP ready\r\n\r\n");
    expect((await exchangeOnce().outcome).fault).toMatchObject({
      reason: "broken",
      sent: "whole",
    });
  });

  it("reports a header that cannot be sent, after send has returned", async () => {
    const events: string[] = [];
    const transport = httpTransport({ totalTimeoutMs: 1_000, idleTimeoutMs: 1_000 }, agent);
    const headers = { authorization: "line\nfeed" };
    const request = { method: "POST", origin: server.origin, path: "/", headers } as const;
    const fault = await new Promise<HttpFault>((resolve) => {
      const onError = (found: HttpFault) => {
        events.push("error");
        resolve(found);
      };
      transport.send(request, { onStart() {}, onData() {}, onEnd() {}, onError });
      events.push("sent");
    });
    expect(events).toEqual(["sent", "error"]);
    expect(fault).toEqual({ ...UNSENT, reason: "connect", code: "UND_ERR_INVALID_ARG" });
  });

  it("gives up when the whole takes longer than its limit", async () => {
    server.script(
      STREAM_HEAD,
      ...Array.from({ length: 50 }, () => [chunk("."), { waitMs: 20 }]).flat(),
    );
    const { fault } = await exchangeOnce({ totalTimeoutMs: 120 }).outcome;
    expect(fault).toEqual({ reason: "total_timeout", code: null, sent: "whole", received: "some" });
    await closedSoon();
  });

  it("gives up when nothing comes between two pieces, but waits for the first one", async () => {
    server.script(STREAM_HEAD, { waitMs: 150 }, chunk("one"), "hang");
    const { events, fault } = await exchangeOnce({ idleTimeoutMs: 60 }).outcome;
    expect(events).toEqual(["start 200", "data one", "error idle_timeout"]);
    expect(fault?.sent).toBe("whole");
    await closedSoon();
  });

  it("keeps its limit when the server never answers", async () => {
    server.script("hang");
    const { events } = await exchangeOnce({ totalTimeoutMs: 50 }).outcome;
    expect(events).toEqual(["error total_timeout"]);
  });

  it("ends within the call of abort, and closes the connection", async () => {
    server.script(STREAM_HEAD, chunk("one"), "hang");
    const { events } = await exchangeOnce({
      on: (event, exchange) => event === "data one" && exchange.abort(),
    }).outcome;
    expect(events).toEqual(["start 200", "data one", "error aborted"]);
    await closedSoon();
  });

  it.each<[string, Step[], "start 200" | "data one" | null]>([
    ["before the headers", ["hang"], null],
    ["as the headers come", [STREAM_HEAD, "hang"], "start 200"],
    ["as a piece comes", [STREAM_HEAD, chunk("one"), "hang"], "data one"],
    ["between two pieces", [STREAM_HEAD, chunk("one"), "hang"], null],
    ["within a chunk", [STREAM_HEAD, "ff\r\none", "hang"], null],
  ])("has destroyed the connection when abort returns, %s", async (_, steps, at) => {
    const sockets = watchedSockets();
    server.script(...steps);
    let isDestroyed: boolean | undefined;
    const leave = (running: HttpExchange) => {
      running.abort();
      isDestroyed = sockets[0]?.destroyed;
    };
    const { outcome, exchange } = exchangeOnce({
      on: (event, running) => event === at && leave(running),
    });
    if (at === null) {
      while (server.requests.length === 0) await sleep(1);
      await sleep(20);
      leave(exchange);
    }
    expect((await outcome).fault).toMatchObject({ reason: "aborted", sent: "whole" });
    expect(isDestroyed).toBe(true);
    await closedSoon();
  });

  it("sends nothing when it is aborted before there is a connection", async () => {
    const { outcome, exchange } = exchangeOnce();
    exchange.abort();
    exchange.abort();
    expect(await outcome).toEqual({
      events: ["error aborted"],
      fault: { ...UNSENT, reason: "aborted", code: null },
    });
    await sleep(30);
    expect(server.requests).toHaveLength(0);
  });

  it("reads no further while it is paused, nor counts that as idle", async () => {
    const megabyte = chunk("x".repeat(1024 * 1024));
    server.script(STREAM_HEAD, ...Array<Buffer>(16).fill(megabyte), LAST_CHUNK);
    let received = 0;
    const { outcome, exchange } = exchangeOnce({
      totalTimeoutMs: 20_000,
      idleTimeoutMs: 500,
      on(event, running) {
        if (event.startsWith("data ") && received === 0) running.pause();
        received += event.startsWith("data ") ? event.length : 0;
      },
    });
    await sleep(800);
    const whilePaused = received;
    exchange.resume();
    const { events } = await outcome;
    expect(whilePaused).toBeLessThan(1024 * 1024);
    expect(received).toBeGreaterThan(16 * 1024 * 1024);
    expect(events.at(-1)).toBe("end");
  });

  it("can be paused before it has begun", async () => {
    server.script(answer(200, "hello"));
    const { outcome, exchange } = exchangeOnce();
    exchange.pause();
    await sleep(50);
    exchange.resume();
    expect((await outcome).events).toEqual(["start 200", "data hello", "end"]);
  });

  it.each(["start 200", "data one", "end"])(
    "turns an exception in '%s' into one fault",
    async (at) => {
      server.script(STREAM_HEAD, chunk("one"), LAST_CHUNK);
      const seen: string[] = [];
      await exchangeOnce({
        on(event) {
          seen.push(event);
          if (event === at) throw new Error("thrown by the sink");
        },
      }).outcome;
      await sleep(20);
      expect(seen.filter((event) => event.startsWith("error"))).toEqual(["error callback"]);
      expect(seen.at(-1)).toBe("error callback");
    },
  );

  it("lets no exception out of the last callback either", async () => {
    server.script("reset");
    const { events } = await exchangeOnce({
      on() {
        throw new Error("thrown by the sink");
      },
    }).outcome;
    expect(events).toEqual(["error broken"]);
  });
});

/** Those of a new agent, as they are opened. */
function watchedSockets(): Socket[] {
  const sockets: Socket[] = [];
  const connect = buildConnector({ allowH2: false });
  agent = keepAliveAgent({
    connect: (options, opened) =>
      connect(options, (...result) => {
        if (result[1]) sockets.push(result[1]);
        opened(...result);
      }),
  });
  return sockets;
}

async function closedSoon(): Promise<void> {
  for (let tries = 0; server.openSockets() > 0 && tries < 50; tries += 1) await sleep(10);
  expect(server.openSockets()).toBe(0);
}

async function closedOrigin(): Promise<string> {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address() as AddressInfo;
  gone.close();
  await once(gone, "close");
  return `http://127.0.0.1:${port}`;
}
