import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { fixture } from "../providers/openai/testing/fixture.ts";
import { runChat, runEmbedding } from "../providers/openai/testing/run-provider.ts";
import { PLAIN } from "../providers/openai/testing/scripted-provider.ts";
import {
  type ConnectProxy,
  connectProxy,
  type LoopbackServer,
  PEM_FILE,
  tlsServer,
} from "../providers/transport/testing/tunnel.ts";
import { calledProviders } from "./called-providers.ts";
import { providerAgent } from "./provider-agent.ts";

const TOTAL_TIMEOUT_MS = 2_000;

let model: LoopbackServer;
let proxy: ConnectProxy;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-ca-"));
  model = await tlsServer(({ url }, response) => {
    if (url === "/v1/chat/completions") response.end(fixture("chat-plain.json"));
  });
  proxy = await connectProxy();
  process.env.PROVIDERS = "openai";
  process.env.OPENAI_BASE_URL = `https://localhost:${model.port}/v1`;
  process.env.OPENAI_API_KEY = "sk-test";
  process.env.PROVIDER_IDLE_SECONDS = "1";
});

afterEach(() => {
  delete process.env.PROVIDER_PROXY_URL;
  delete process.env.PROVIDER_CA_FILE;
});

afterAll(async () => {
  model.stop();
  proxy.stop();
  await rm(folder, { recursive: true });
});

/** OpenAI as the doors call it, by the parameters that are set. */
async function withOpenAi<T>(
  parameters: Record<string, string>,
  run: (openai: NonNullable<ReturnType<ReturnType<typeof calledProviders>["get"]>>) => Promise<T>,
  totalTimeoutMs = TOTAL_TIMEOUT_MS,
): Promise<T> {
  Object.assign(process.env, parameters);
  const connections = providerAgent();
  const openai = calledProviders({ totalTimeoutMs, ...connections }).get("openai");
  if (!openai) throw new Error("openai is not called");
  const result = await run(openai);
  await connections.agent?.destroy();
  return result;
}

const ask = (parameters: Record<string, string>) =>
  withOpenAi(parameters, (openai) => runChat(openai, PLAIN));

describe("providers, as the parameters say", () => {
  it("are not reached while nobody vouches for them", async () => {
    const { failure } = await ask({});
    expect(failure).toMatchObject({ kind: "unavailable", sent: "nothing" });
  });

  it("are reached when PROVIDER_CA_FILE holds who vouches for them", async () => {
    const { failure, answer } = await ask({ PROVIDER_CA_FILE: PEM_FILE });
    expect(failure).toBeNull();
    expect(answer.text).not.toBe("");
    expect(proxy.tunnels).toEqual([]);
  });

  it("are reached through PROVIDER_PROXY_URL, with its credentials", async () => {
    const proxyUrl = `http://ann:p%40ss@127.0.0.1:${proxy.port}`;
    const { failure } = await ask({ PROVIDER_CA_FILE: PEM_FILE, PROVIDER_PROXY_URL: proxyUrl });
    expect(failure).toBeNull();
    expect(proxy.tunnels).toEqual([`localhost:${model.port}`]);
    expect(proxy.credentials).toEqual(["ann:p@ss"]);
  });

  it("are left when they take longer than their door allows", async () => {
    const request = { model: "text-embedding-3-small", input: ["a"] };
    const { failure } = await withOpenAi(
      { PROVIDER_CA_FILE: PEM_FILE },
      (openai) => runEmbedding(openai, request),
      300,
    );
    expect(failure).toMatchObject({ kind: "timeout", maybeBilled: true });
  });

  it("share their connections when nothing is set", () => {
    expect(providerAgent()).toEqual({});
  });
});

describe("what no parameter may be", () => {
  it.each([
    "proxy:3128",
    "socks5://proxy:1080",
    "http://proxy/path",
    "http://ann:secret@",
    "no url",
  ])("the proxy %s", (value) => {
    process.env.PROVIDER_PROXY_URL = value;
    expect(providerAgent).toThrow(/^PROVIDER_PROXY_URL must be http:\/\/HOST:PORT/);
    expect(providerAgent).not.toThrow(/secret/);
  });

  it.each([
    ["is not there", undefined, /ENOENT/],
    ["is empty", "", /it holds no certificate/],
    ["is no certificate", "secret", /it holds no certificate/],
    [
      "is a broken one",
      "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
      /PROVIDER_CA_FILE/,
    ],
  ])("a file of certificates that %s", (_, text, message) => {
    const file = join(folder, "ca.pem");
    if (text !== undefined) writeFileSync(file, text);
    process.env.PROVIDER_CA_FILE = file;
    expect(providerAgent).toThrow(message);
    expect(providerAgent).toThrow(/^PROVIDER_CA_FILE ".*" cannot be used: /);
  });
});
