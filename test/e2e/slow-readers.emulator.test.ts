import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { beforeAll, describe, expect, it, jest } from "@jest/globals";
import { memoryMiB } from "../faults/harness/process-stats.ts";
import { eventually } from "./harness/eventually.ts";
import { useDoors } from "./harness/framework.ts";
import { recordsFromNow, type SimRecord } from "./harness/model.ts";
import { type Person, signUp } from "./harness/people.ts";
import { SLOW_MS } from "./harness/stack.ts";
import type { Stored } from "./harness/store.ts";
import { entriesOf } from "./harness/sums.ts";
import { saying, streamChat } from "./harness/talk.ts";

jest.setTimeout(SLOW_MS);

/** 40 bytes each for the client: more than all buffers on the way take, and more than may be unsent. */
const TOKENS = 200_000;
const LIMIT_SECONDS = 8;

const doors = useDoors({ REQUEST_TIMEOUT_SECONDS: String(LIMIT_SECONDS) });

/** Asks for a stream, and never reads a byte of it. */
async function askWithoutReading(who: Person, data: unknown): Promise<Socket> {
  const { hostname, port } = new URL(doors().url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  socket.pause();
  const body = JSON.stringify({ data });
  const head = [
    "POST /chat HTTP/1.1",
    "host: tollgate",
    "content-type: application/json",
    "accept: text/event-stream",
    `authorization: Bearer ${who.idToken}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  return socket;
}

describe("a client that asks for a long answer and never reads it", () => {
  const marker = 7_401;
  let entry: Stored | undefined;
  let record: SimRecord | undefined;
  let grownMiB: number;

  beforeAll(async () => {
    const ann = await signUp("deaf");
    await streamChat({ ...ann, url: doors().url }, "Warm up. [sim tokens=5]");
    const before = memoryMiB(doors().pid);
    const records = await recordsFromNow();
    const content = `A book. [sim tokens=${TOKENS}]`;
    const socket = await askWithoutReading(ann, saying(content, { seed: marker }));
    const own = async () =>
      (await entriesOf(ann.uid)).filter(({ fields }) => fields.status !== "ok");
    [entry] = await eventually(own, (entries) => entries.length > 0, 40_000);
    grownMiB = memoryMiB(doors().pid) - before;
    const id = String(entry?.fields.providerRequestId);
    record = (await records()).find(({ requestIdHeader }) => requestIdHeader === id);
    socket.destroy();
    process.stdout.write(
      `a client that never reads: ${entry?.fields.outputTokens} of ${TOKENS} tokens came, ` +
        `memory grew by ${grownMiB} MiB\n`,
    );
  });

  it("lets the provider wait, and is left when the time is over", () => {
    expect(record).toMatchObject({ outcome: "aborted" });
    expect(record?.completionTokens).toBeLessThan(TOKENS);
  });

  it("has an entry of what had come", () => {
    expect(entry?.fields).toMatchObject({ status: "error", usageStatus: "estimated" });
    expect(entry?.fields.latencyMs).toBeGreaterThanOrEqual(LIMIT_SECONDS * 1_000);
    expect(entry?.fields.outputTokens).toBeGreaterThan(1_000);
    expect(entry?.fields.outputTokens).toBeLessThanOrEqual(Number(record?.completionTokens) + 1);
  });

  it("takes no memory that grows", () => {
    expect(grownMiB).toBeLessThan(150);
  });
});
