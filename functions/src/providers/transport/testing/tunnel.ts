import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";

/** Signed by itself, for 127.0.0.1 and localhost alone, and worth nothing anywhere else: key and certificate. */
export const PEM_FILE = join(__dirname, "loopback.pem");
export const PEM = readFileSync(PEM_FILE, "utf8");

export interface LoopbackServer {
  readonly port: number;
  stop(): void;
}

export interface ConnectProxy extends LoopbackServer {
  /** Where each tunnel led: "127.0.0.1:8443". */
  readonly tunnels: readonly string[];
  /** The credentials that came with each: "user:password", or "". */
  readonly credentials: readonly string[];
}

/** An https server that nobody vouches for. */
export function tlsServer(listener: RequestListener): Promise<LoopbackServer> {
  return listening(createHttpsServer({ key: PEM, cert: PEM }, listener));
}

/** A proxy that opens tunnels, over TLS or not. */
export async function connectProxy({ isSecure = false } = {}): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const credentials: string[] = [];
  const proxy = isSecure ? createHttpsServer({ key: PEM, cert: PEM }) : createHttpServer();
  proxy.on("connect", ({ url = "", headers }, client, head) => {
    tunnels.push(url);
    const [, coded = ""] = (headers["proxy-authorization"] ?? "").split(" ");
    credentials.push(Buffer.from(coded, "base64").toString());
    const [host, port] = url.split(":");
    const server = connect(Number(port), host, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      server.write(head);
      server.pipe(client).pipe(server);
    });
    server.on("error", () => client.destroy());
    client.on("error", () => server.destroy());
  });
  return { ...(await listening(proxy)), tunnels, credentials };
}

async function listening(server: Server): Promise<LoopbackServer> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
