import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Dispatcher } from "undici";
import type { HttpFault } from "./http.ts";
import { httpTransport, keepAliveAgent, proxyAgent } from "./http-transport.ts";
import {
  type ConnectProxy,
  connectProxy,
  type LoopbackServer,
  PEM,
  tlsServer,
} from "./testing/tunnel.ts";

let tls: LoopbackServer;
let proxy: ConnectProxy;

beforeAll(async () => {
  tls = await tlsServer((_, response) => response.end("in private"));
  proxy = await connectProxy();
});

afterAll(() => {
  tls.stop();
  proxy.stop();
});

describe("keepAliveAgent", () => {
  it("trusts a certificate authority of one's own", async () => {
    expect(await get(keepAliveAgent({ connect: { ca: PEM } }))).toBe("in private");
  });

  it("sends nothing to a server that nobody vouches for", async () => {
    expect(await get(keepAliveAgent())).toEqual({
      reason: "connect",
      code: "DEPTH_ZERO_SELF_SIGNED_CERT",
      sent: "nothing",
      received: "nothing",
    });
  });
});

describe("proxyAgent", () => {
  it("reaches the server through a tunnel, and still looks at its certificate", async () => {
    const proxyUrl = `http://127.0.0.1:${proxy.port}`;
    expect(await get(proxyAgent(proxyUrl, { ca: PEM }))).toBe("in private");
    expect(proxy.tunnels).toEqual([`127.0.0.1:${tls.port}`]);
    expect(await get(proxyAgent(proxyUrl))).toMatchObject({ sent: "nothing" });
  });

  it("reaches it through a proxy that wants TLS, and looks at its certificate too", async () => {
    const secure = await connectProxy({ isSecure: true });
    const proxyUrl = `https://127.0.0.1:${secure.port}`;
    expect(await get(proxyAgent(proxyUrl, { ca: PEM }))).toBe("in private");
    expect(await get(proxyAgent(proxyUrl))).toMatchObject({ sent: "nothing" });
    expect(secure.tunnels).toEqual([`127.0.0.1:${tls.port}`]);
    secure.stop();
  });

  it("sends nothing when there is no proxy", async () => {
    const gone = await connectProxy();
    gone.stop();
    expect(await get(proxyAgent(`http://127.0.0.1:${gone.port}`, { ca: PEM }))).toMatchObject({
      reason: "connect",
      sent: "nothing",
    });
  });
});

/** The body of an answer from the TLS server, or the fault. */
async function get(agent: Dispatcher): Promise<string | HttpFault> {
  const limits = { totalTimeoutMs: 2_000, idleTimeoutMs: 1_000 };
  const origin = `https://127.0.0.1:${tls.port}`;
  const request = { method: "GET", origin, path: "/", headers: {} } as const;
  let body = "";
  const told = await new Promise<string | HttpFault>((resolve) => {
    httpTransport(limits, agent).send(request, {
      onStart() {},
      onData(bytes) {
        body += bytes.toString();
      },
      onEnd: () => resolve(body),
      onError: resolve,
    });
  });
  await agent.destroy();
  return told;
}
