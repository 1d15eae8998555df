import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { Sim } from "./exchange.ts";
import { faultCounter } from "./fault-counter.ts";
import { recordBook, type SimRecord } from "./records.ts";
import { route, type Stats } from "./routes.ts";

export interface SimModelOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly host?: string;
}

export interface SimModel {
  /** The origin, without a slash at the end. */
  readonly url: string;
  records(): SimRecord[];
  stats(): Stats;
  /** Closes every connection, whatever is under way on it. */
  stop(): Promise<void>;
}

const MAX_RECORDS = 200_000;

/** Longer than clients keep idle connections, so that it is they who close them. */
const KEEP_ALIVE_MS = 75_000;

/** Starts the simulated model in this process. */
export async function startSimModel(options: SimModelOptions = {}): Promise<SimModel> {
  const { port = 0, host = "127.0.0.1" } = options;
  const sim = createSim();
  const sockets = new Set<Socket>();
  const traffic = { inFlight: 0, total: 0 };
  const stats = (): Stats => ({ ...traffic, openSockets: sockets.size });

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith("/sim/")) countTraffic(traffic, response);
    void route(sim, stats, request, response);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");

  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    records: () => sim.records.since(0),
    stats,
    async stop() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function countTraffic(traffic: { inFlight: number; total: number }, response: ServerResponse) {
  traffic.total += 1;
  traffic.inFlight += 1;
  response.once("close", () => {
    traffic.inFlight -= 1;
  });
}

function createSim(): Sim {
  const run = randomBytes(6).toString("hex");
  let count = 0;
  return {
    records: recordBook(MAX_RECORDS),
    faults: faultCounter(),
    nextId(prefix) {
      count += 1;
      return `${prefix}${run}${count.toString(36).padStart(12, "0")}`;
    },
  };
}
