import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "@jest/globals";
import { runAttempts } from "../../functions/src/calls/attempts.ts";
import type { ChatAnswer, ChatRequest } from "../../functions/src/calls/port.ts";
import { systemClock } from "../../functions/src/entrypoints/system-clock.ts";
import { openAiProvider } from "../../functions/src/providers/openai/openai-provider.ts";
import { runSdk } from "../../functions/src/providers/openai/testing/run-sdk.ts";
import { keepAliveAgent } from "../../functions/src/providers/transport/http-transport.ts";

const CALLS = 60;
const IDLE_MS = 20;
const REQUEST: ChatRequest = {
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Hi" }],
  stream: false,
};
const BODY = JSON.stringify({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] });

/** What the server does with each request that a connection brings, counted from 1. */
type Act = (socket: Socket, nth: number) => void;

const open = new Set<Socket>();
let server: Server | undefined;

async function serve(act: Act): Promise<string> {
  server = createServer((socket) => {
    open.add(socket);
    let requests = 0;
    socket.on("error", () => {}).on("close", () => open.delete(socket));
    socket.on("data", (bytes) => {
      if (bytes.includes("POST ")) act(socket, ++requests);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

afterEach(() => {
  for (const socket of open) socket.destroy();
  server?.close();
});

function answer(socket: Socket, status = "200 OK", headers = ""): void {
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\n${headers}`;
  socket.write(`${head}content-length: ${BODY.length}\r\n\r\n${BODY}`);
}

/** How many of the calls fail, and how often the provider was asked. */
async function ours(baseUrl: string, providerRetries: number, count: number, restMs = () => 0) {
  const agent = keepAliveAgent();
  const limits = { totalTimeoutMs: 5_000, idleTimeoutMs: 1_000 };
  const provider = openAiProvider({ baseUrl, apiKey: () => "sk-test", agent, ...limits });
  const settings = { requestTimeoutMs: 5_000, providerRetries, abortDrainMs: 0 };
  let failed = 0;
  let asked = 0;
  for (let call = 0; call < count; call += 1) {
    const { earlier, last } = await runAttempts<ChatAnswer>(
      { clock: systemClock, random: Math.random, settings },
      {
        startedAtMs: Date.now(),
        signal: new AbortController().signal,
        start: (events) =>
          provider.chat(REQUEST, {
            onDelta() {},
            onToolCallDelta() {},
            onDone: (whole) => events.end(whole),
            onError: (failure, partial) => events.end(partial, failure),
          }),
        cover: async () => true,
      },
    );
    asked += earlier.length + 1;
    if (last.failure) failed += 1;
    await sleep(restMs());
  }
  await agent.destroy();
  return { failed, asked };
}

describe(`a server that closes idle connections just as a request goes, ${CALLS} calls`, () => {
  it("fails every other call that is not repeated, and none that is", async () => {
    const baseUrl = await serve((socket, nth) => (nth > 1 ? socket.destroy() : answer(socket)));
    expect(await ours(baseUrl, 0, CALLS)).toEqual({ failed: CALLS / 2, asked: CALLS });
    expect(await ours(baseUrl, 2, CALLS)).toEqual({ failed: 0, asked: 2 * CALLS - 1 });
  });

  it(`and by the clock, ${IDLE_MS} ms after each answer`, async () => {
    const baseUrl = await serve((socket) => {
      answer(socket);
      setTimeout(() => socket.destroy(), IDLE_MS);
    });
    const restMs = () => IDLE_MS - 2 + Math.random() * 2;
    const without = await ours(baseUrl, 0, CALLS, restMs);
    const repeated = await ours(baseUrl, 2, CALLS, restMs);
    process.stdout.write(
      `idle connections closed as requests go: ${without.failed} of ${CALLS} calls fail without ` +
        `repeating, ${repeated.failed} with (${repeated.asked} requests)\n`,
    );
    expect(repeated.failed).toBe(0);
  });
});

describe("our client and the official SDK, both with two retries", () => {
  const REFUSALS = ["400 Bad", "401 Who", "408 Late", "429 Slow", "500 Oh", "503 Busy"] as const;

  it.each<[string, Act]>([
    ["reset", (socket) => socket.resetAndDestroy()],
    ...REFUSALS.map((status): [string, Act] => [
      status,
      (socket) => answer(socket, status, "retry-after-ms: 1\r\n"),
    ]),
    [
      "200 with half an answer",
      (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
    ],
  ])(
    "ask alike often after %s",
    async (_, act) => {
      let seen = 0;
      const baseUrl = await serve((socket, nth) => {
        seen += 1;
        act(socket, nth);
      });
      await runSdk(baseUrl, REQUEST, { maxRetries: 2 });
      const bySdk = seen;
      expect(await ours(baseUrl, 2, 1)).toEqual({ failed: 1, asked: bySdk });
      expect(seen).toBe(2 * bySdk);
    },
    15_000,
  );
});
