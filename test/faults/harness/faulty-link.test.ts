import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { type FaultyLink, faultyLink } from "./faulty-link.ts";

const SILENCE_MS = 60;

describe("a faulty link", () => {
  let server: Server;
  let link: FaultyLink;
  let client: Socket;
  /** What has reached the server, and what has come back to the client. */
  let arrived: string;
  let echoed: string;

  beforeEach(async () => {
    arrived = "";
    echoed = "";
    server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => {
        arrived += bytes;
        socket.write(bytes);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    link = await faultyLink(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    client = await connected();
  });
  afterEach(async () => {
    client.destroy();
    await link.close();
    server.close();
  });

  it("passes everything on until it is told to fail", async () => {
    await say("hello");
    expect([arrived, echoed]).toEqual(["hello", "hello"]);
  });

  it("swallows answers and brings them late, in their order", async () => {
    link.swallow("answers");
    client.write("one ");
    await silence();
    client.write("two");
    await silence();
    expect([arrived, echoed]).toEqual(["one two", ""]);
    await link.pass();
    await until(() => echoed === "one two");
  });

  it("swallows requests, of new connections too", async () => {
    link.swallow("requests");
    client.write("lost");
    const second = await connected();
    second.write("too");
    await silence();
    expect(arrived).toBe("");
    await link.pass();
    await until(() => arrived.length === "losttoo".length);
    second.destroy();
  });

  it("never lets arrive what was swallowed when the connection breaks first", async () => {
    link.swallow("everything");
    client.write("lost");
    await silence();
    link.cut();
    await once(client, "close");
    await link.pass();
    await silence();
    expect(arrived).toBe("");
    client = await connected();
    await say("again");
  });

  it("leaves the connections that stand dead for good, and passes new ones", async () => {
    await say("hello");
    link.strand();
    client.write("lost");
    await link.pass();
    await silence();
    expect([arrived, client.destroyed]).toEqual(["hello", false]);
    const old = client;
    client = await connected();
    await say("again");
    old.destroy();
  });

  it("delays both directions", async () => {
    link.delay(80);
    const startedMs = performance.now();
    await say("slow");
    expect(performance.now() - startedMs).toBeGreaterThan(150);
  });

  it("refuses connections, and takes them again at the same address", async () => {
    await link.refuse();
    await expect(connected()).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await until(() => client.destroyed);
    await link.pass();
    client = await connected();
    await say("back");
  });

  async function connected(): Promise<Socket> {
    const [host, port] = link.address.split(":");
    const socket = connect(Number(port), host);
    await once(socket, "connect");
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      echoed += bytes;
    });
    return socket;
  }

  async function say(text: string): Promise<void> {
    client.write(text);
    await until(() => echoed.endsWith(text));
  }
});

/** Long enough for bytes that are not kept back to arrive. */
function silence(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SILENCE_MS));
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("it never came");
}
