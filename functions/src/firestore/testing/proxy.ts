import { connect, createServer, type Socket } from "node:net";

/** A TCP proxy before the emulator that can be told to swallow what the emulator answers. */
export interface FaultyLink {
  readonly address: string;
  /** From now on requests get through and their answers do not. */
  swallowAnswers(): void;
  /** Answers get through again, those that were kept first. */
  release(): void;
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

export function proxyTo(target: string): Promise<FaultyLink> {
  const [host = "127.0.0.1", port = "0"] = target.split(":");
  const pairs = new Set<Pair>();
  let isSwallowing = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    const pair: Pair = { client, upstream, kept: [] };
    pairs.add(pair);
    client.pipe(upstream);
    upstream.on("data", (bytes: Buffer) => {
      if (isSwallowing) pair.kept.push(bytes);
      else client.write(bytes);
    });
    for (const socket of [client, upstream]) {
      socket.on("error", () => {});
      socket.on("close", () => end(pair));
    }
  });
  const end = (pair: Pair) => {
    pairs.delete(pair);
    pair.client.destroy();
    pair.upstream.destroy();
  };
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({
        address: `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
        swallowAnswers: () => {
          isSwallowing = true;
        },
        release: () => {
          isSwallowing = false;
          for (const { client, kept } of pairs) {
            for (const bytes of kept.splice(0)) client.write(bytes);
          }
        },
        cut: () => pairs.forEach(end),
        close: () => {
          pairs.forEach(end);
          return new Promise((closed) => server.close(() => closed()));
        },
      });
    });
  });
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
  readonly kept: Buffer[];
}
