import "./testing/captured-log.ts";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { onCall } from "firebase-functions/https";
import { chunkSender } from "./chunk-sender.ts";

const CHUNKS = [{ delta: "Hel" }, { delta: 'lo "you"\n\ndata: ☕' }, { toolCalls: [{ index: 0 }] }];

type Sender = (chunk: unknown) => unknown;

const callable = onCall<{ by: "sdk" | "us" }, Promise<string>, unknown>(
  async (request, response) => {
    const ours = chunkSender({ request, response });
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
