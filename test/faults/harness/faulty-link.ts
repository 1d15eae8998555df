import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

const HOST = "127.0.0.1";

/** What gets lost: what clients send, what the server answers, or both. */
export type Lost = "requests" | "answers" | "everything";

/** A TCP proxy before a server, for a network that can be told to fail. */
export interface FaultyLink {
  /** Host and port that clients are to use. */
  readonly address: string;
  /** From now on nothing fails; what was swallowed arrives late, in its order. */
  pass(): Promise<void>;
  /** Everything takes so much longer, in both directions. */
  delay(ms: number): void;
  /** Connections stand and are made, and bytes get lost in them: a partition that nobody is told of. */
  swallow(lost: Lost): void;
  /** The connections that stand die without anybody being told, for good; new ones are taken and pass. */
  strand(): void;
  /** Breaks every connection; new ones are taken. */
  cut(): void;
  /** Breaks every connection and takes no new one: nobody listens. */
  refuse(): Promise<void>;
  close(): Promise<void>;
}

interface State {
  delayMs: number;
  lost: Lost | undefined;
}

interface Pair {
  isStranded: boolean;
  readonly sockets: readonly Socket[];
  readonly pipes: readonly Pipe[];
}

/** @param target host and port of the server */
export async function faultyLink(target: string): Promise<FaultyLink> {
  const state: State = { delayMs: 0, lost: undefined };
  const pairs = new Set<Pair>();
  const server = createServer((client) => join(client, target, state, pairs));
  const port = await listen(server, 0);
  const cut = () => pairs.forEach(end);
  const refuse = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    cut();
    await closed;
  };
  return {
    address: `${HOST}:${port}`,
    async pass() {
      Object.assign(state, { delayMs: 0, lost: undefined });
      for (const { pipes } of pairs) for (const pipe of pipes) pipe.pump();
      if (!server.listening) await listen(server, port);
    },
    delay(ms) {
      state.delayMs = ms;
    },
    swallow(lost) {
      state.lost = lost;
    },
    strand() {
      for (const pair of pairs) pair.isStranded = true;
    },
    cut,
    refuse,
    close: refuse,
  };
}

function join(client: Socket, target: string, state: State, pairs: Set<Pair>): void {
  const [host = HOST, port = "0"] = target.split(":");
  const upstream = connect(Number(port), host);
  const isOpenFor = (what: Lost) =>
    !pair.isStranded && state.lost !== what && state.lost !== "everything";
  const pair: Pair = {
    isStranded: false,
    sockets: [client, upstream],
    pipes: [
      new Pipe(client, upstream, state, () => isOpenFor("requests")),
      new Pipe(upstream, client, state, () => isOpenFor("answers")),
    ],
  };
  pairs.add(pair);
  for (const socket of pair.sockets) {
    socket.on("error", () => {}); // Its "close" follows.
    socket.on("close", () => {
      pairs.delete(pair);
      end(pair);
    });
  }
}

function end({ sockets }: Pair): void {
  for (const socket of sockets) socket.destroy();
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, HOST);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** One direction of a connection: bytes go on in the order in which they came, once they may. */
class Pipe {
  private readonly kept: { readonly bytes: Buffer; readonly dueMs: number }[] = [];
  private readonly to: Socket;
  private readonly isOpen: () => boolean;

  constructor(from: Socket, to: Socket, state: State, isOpen: () => boolean) {
    this.to = to;
    this.isOpen = isOpen;
    from.on("data", (bytes: Buffer) => {
      this.kept.push({ bytes, dueMs: performance.now() + state.delayMs });
      this.pump();
    });
  }

  pump(): void {
    while (this.isOpen()) {
      const [first] = this.kept;
      if (!first) return;
      const leftMs = first.dueMs - performance.now();
      if (leftMs > 0) {
        setTimeout(() => this.pump(), leftMs);
        return;
      }
      this.kept.shift();
      this.to.write(first.bytes);
    }
  }
}
