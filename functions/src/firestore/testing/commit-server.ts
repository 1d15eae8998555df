import { grpc } from "google-gax";

/** What becomes of one commit: an empty answer, an error of this code, or nothing until `release`. */
type Reply = "done" | "held" | number;

/** A server that takes commits and answers them as it is told. */
export interface CommitServer {
  /** Host and port. */
  readonly address: string;
  /** For the next commits, in turn; then they are done. */
  readonly replies: Reply[];
  /** How many have come. */
  received(): number;
  /** Answers what was held. */
  release(): void;
  close(): void;
}

export async function commitServer(): Promise<CommitServer> {
  const replies: Reply[] = [];
  const held: (() => void)[] = [];
  let received = 0;
  const server = new grpc.Server();
  server.addService(SERVICE, {
    Commit: (_call: unknown, answer: grpc.sendUnaryData<Buffer>) => {
      received += 1;
      const reply = replies.shift() ?? "done";
      const done = () => answer(null, Buffer.alloc(0));
      if (reply === "held") held.push(done);
      else if (reply === "done") done();
      else answer({ code: reply, details: `code ${reply}` });
    },
  });
  const insecure = grpc.ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", insecure, (cause, bound) =>
      cause ? reject(cause) : resolve(bound),
    );
  });
  return {
    address: `127.0.0.1:${port}`,
    replies,
    received: () => received,
    release: () => {
      for (const done of held.splice(0)) done();
    },
    close: () => server.forceShutdown(),
  };
}

const bytesAsTheyAre = (bytes: Buffer) => bytes;
const SERVICE: grpc.ServiceDefinition = {
  Commit: {
    path: "/google.firestore.v1.Firestore/Commit",
    requestStream: false,
    responseStream: false,
    requestSerialize: bytesAsTheyAre,
    requestDeserialize: bytesAsTheyAre,
    responseSerialize: bytesAsTheyAre,
    responseDeserialize: bytesAsTheyAre,
  },
};
