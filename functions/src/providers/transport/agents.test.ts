import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Dispatcher } from "undici";
import type { HttpFault } from "./http.ts";
import { httpTransport, keepAliveAgent, proxyAgent } from "./http-transport.ts";

/** Signed by itself, for 127.0.0.1 alone, and worth nothing anywhere else. */
const PEM = readFileSync(join(__dirname, "testing", "loopback.pem"), "utf8");
const TUNNELS: string[] = [];

let tls: Server;
let proxy: Server;

beforeAll(async () => {
  tls = createHttpsServer({ key: PEM, cert: PEM }, (_, response) => response.end("in private"));
  proxy = createHttpServer();
  proxy.on("connect", ({ url = "" }, client, head) => {
    TUNNELS.push(url);
    const [host, port] = url.split(":");
    const server = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      server.write(head);
      server.pipe(client).pipe(server);
    });
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
  });
  for (const server of [tls, proxy]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
});

afterAll(() => {
  for (const server of [tls, proxy]) {
    server.closeAllConnections();
    server.close();
  }
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
    const { port } = tls.address() as AddressInfo;
    expect(await get(proxyAgent(url(proxy), { ca: PEM }))).toBe("in private");
    expect(TUNNELS).toEqual([`127.0.0.1:${port}`]);
    expect(await get(proxyAgent(url(proxy)))).toMatchObject({ sent: "nothing" });
  });

  it("sends nothing when there is no proxy", async () => {
    const gone = createHttpServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const nowhere = url(gone);
    gone.close();
    await once(gone, "close");
    expect(await get(proxyAgent(nowhere, { ca: PEM }))).toMatchObject({
      reason: "connect",
      sent: "nothing",
    });
  });
});

/** The body of an answer from the TLS server, or the fault. */
async function get(agent: Dispatcher): Promise<string | HttpFault> {
  const limits = { totalTimeoutMs: 2_000, idleTimeoutMs: 1_000 };
  const origin = url(tls).replace("http:", "https:");
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

function url(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
