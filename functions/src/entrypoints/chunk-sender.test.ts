import "./testing/captured-log.ts";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { onCall } from "firebase-functions/https";
import { chunkSender } from "./chunk-sender.ts";

const CHUNKS = [{ delta: "Hel" }, { delta: 'lo "you"\n\ndata: ☕' }, { toolCalls: [{ index: 0 }] }];

/** How much could be sent before it was full; `drained` resolves when all of that has gone. */
interface Flooded {
  readonly sentBytes: number;
  readonly drained: Promise<void>;
}

let flood: (flooded: Flooded) => void;
const flooded = new Promise<Flooded>((resolve) => {
  flood = resolve;
});

type Sender = (chunk: unknown) => unknown;

const callable = onCall<{ by: "sdk" | "us" | "flood" }, Promise<string>, unknown>(
  async (request, response) => {
    const ours = chunkSender({ request, response });
    if (ours && request.data.by === "flood") {
      const chunk = { delta: "x".repeat(64 * 1024) };
      let sentBytes = 0;
      while (!ours.isFull()) {
        ours.send(chunk);
        sentBytes += chunk.delta.length;
        await new Promise((resolve) => setImmediate(resolve));
      }
      const drained = new Promise<void>((resolve) => ours.onceDrained(resolve));
      flood({ sentBytes, drained });
      await drained;
    }
    const sdks: Sender = (chunk) => response?.sendChunk(chunk);
    const send: Sender | undefined = request.data.by === "us" ? ours?.send : sdks;
    for (const chunk of CHUNKS) await send?.(chunk);
    return ours ? "streams" : "does not stream";
  },
);

let server: Server;

beforeAll(async () => {
  http("chunks", (request, response) => Reflect.apply(callable, undefined, [request, response]));
  server = getTestServer("chunks");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

async function bodyOf(by: "sdk" | "us", accept: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: JSON.stringify({ data: { by } }),
  });
  return response.text();
}

describe("chunkSender", () => {
  it("sends what the SDK would send, byte for byte", async () => {
    const ours = await bodyOf("us", "text/event-stream");
    expect(ours).toContain('data: {"message":{"delta":"Hel"}}\n\n');
    expect(ours).toBe(await bodyOf("sdk", "text/event-stream"));
  });

  it("is not there for a caller who does not stream", async () => {
    expect(await bodyOf("us", "application/json")).toBe('{"result":"does not stream"}');
  });

  it("is full while a client does not read, and hears when it has everything", async () => {
    const { port } = server.address() as AddressInfo;
    const body = JSON.stringify({ data: { by: "flood" } });
    const client = connect(port, "127.0.0.1").pause();
    const head = `accept: text/event-stream\r\ncontent-type: application/json`;
    client.write(
      `POST / HTTP/1.1\r\nhost: x\r\n${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    const { sentBytes, drained } = await flooded;
    expect(sentBytes).toBeGreaterThan(1024 * 1024);
    expect(sentBytes).toBeLessThan(64 * 1024 * 1024);
    client.resume();
    await drained;
    client.destroy();
  });

  it("sends nothing to a client that has gone", () => {
    const written: string[] = [];
    const call = {
      request: {
        acceptsStreaming: true,
        rawRequest: { res: { write: (text: string) => written.push(text) } },
      },
      response: { signal: AbortSignal.abort() },
    };
    const chunks = chunkSender(call as unknown as Parameters<typeof chunkSender>[0]);
    chunks?.send({ delta: "a" });
    expect(chunks).toBeDefined();
    expect(written).toEqual([]);
  });
});
