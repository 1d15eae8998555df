import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect } from "@jest/globals";
import type { Agent } from "undici";
import type { ChatRequest, Provider } from "../../../calls/port.ts";
import type { WireOptions } from "../../openai-wire/compatible-provider.ts";
import { keepAliveAgent } from "../../transport/http-transport.ts";
import {
  chunk,
  LAST_CHUNK,
  type ScriptedServer,
  STREAM_HEAD,
  type Step,
  scriptedServer,
} from "../../transport/testing/scripted-server.ts";
import { openAiProvider } from "../openai-provider.ts";
import type { Upstream } from "./upstream.ts";

export const KEY = "sk-canary-0123456789";
export const PLAIN: ChatRequest = {
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "my secret prompt" }],
  stream: false,
};
export const STREAMED: ChatRequest = { ...PLAIN, stream: true };
export const USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
export const USAGE_CHUNK = { model: "m-1", choices: [], usage: USAGE };

/** A server that answers as told, and our provider pointed at it; both new for each test. */
export interface Scripted {
  readonly script: ScriptedServer["script"];
  readonly requests: () => readonly string[];
  /** How many it has had so far. */
  readonly connections: () => number;
  readonly baseUrl: () => string;
  /** Has the server ready, or none, and says where it is to be found. */
  readonly addressOf: (does: Upstream["does"]) => Promise<string>;
  /** What any provider takes that is to be pointed at it. */
  readonly options: () => WireOptions;
  readonly provider: (options?: Partial<WireOptions>) => Provider;
  /** Passes when the last connection has gone within half a second. */
  readonly connectionsClose: () => Promise<void>;
}

export function useScriptedProvider(): Scripted {
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
  const baseUrl = () => `${server.origin}/v1`;
  const limits = { totalTimeoutMs: 2_000, idleTimeoutMs: 1_000 };
  const own = () => ({ baseUrl: baseUrl(), apiKey: () => KEY, agent, ...limits });
  return {
    script: (...steps) => server.script(...steps),
    requests: () => server.requests,
    connections: () => server.connections(),
    baseUrl,
    async addressOf(does) {
      if (does === "refuse") return closedBaseUrl();
      if (does === "have no name") return "https://nowhere.invalid/v1";
      if (does === "speak no TLS") return baseUrl().replace("http:", "https:");
      server.script(...does);
      return baseUrl();
    },
    options: own,
    provider: (options) => openAiProvider({ ...own(), ...options }),
    async connectionsClose() {
      for (let tries = 0; server.openSockets() > 0 && tries < 50; tries += 1) await sleep(10);
      expect(server.openSockets()).toBe(0);
    },
  };
}

/** A stream of these events, each as one piece. */
export function stream(...events: readonly (object | string)[]): Step[] {
  return [STREAM_HEAD, ...events.map((event) => chunk(sse(event))), LAST_CHUNK];
}

export function sse(event: object | string): string {
  return `data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`;
}

export function textChunk(content: string, finish_reason: string | null = null) {
  return { model: "m-1", choices: [{ index: 0, delta: { content }, finish_reason }] };
}

/** Where nobody listens. */
export async function closedBaseUrl(): Promise<string> {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address() as AddressInfo;
  gone.close();
  await once(gone, "close");
  return `http://127.0.0.1:${port}/v1`;
}
