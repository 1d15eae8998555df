import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

export const PROJECT = "tollgate-rehearsal";
const NUMBER = "123456789012";
export const ACCOUNT = `${NUMBER}-compute@developer.gserviceaccount.com`;
export const DATABASE_LOCATION = "nam5";

/** A request that firebase-tools made, as Google would have got it. */
export interface Recorded {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly raw: Buffer;
  /** Parsed, where it is JSON. */
  readonly body: unknown;
}

export interface FakeGoogle {
  readonly requests: readonly Recorded[];
  /** Points every Google address that firebase-tools knows at this server. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Answers of a new project on the Blaze plan with a database and the secret; all else is `{}`, and well. */
const ROUTES: readonly (readonly [RegExp, (request: Recorded, origin: string) => object])[] = [
  [/\/token$/, () => ({ access_token: "fake", expires_in: 3600, token_type: "Bearer" })],
  [/:testIamPermissions$/, ({ body }) => ({ permissions: fieldOf(body, "permissions") })],
  [/:getIamPolicy$/, () => ({ version: 1, etag: "e", bindings: [] })],
  [/\/billingInfo$/, () => ({ billingEnabled: true })],
  [/^\/v1\/projects\/[\w-]+\/services\/[\w.]+$/, () => ({ state: "ENABLED" })],
  [/^\/v1\/projects\/[\w-]+$/, () => ({ projectId: PROJECT, projectNumber: NUMBER })],
  [/\/adminSdkConfig$/, () => ({ projectId: PROJECT })],
  [/^\/compute\//, () => ({ defaultServiceAccount: ACCOUNT })],
  [
    /\/databases\/\(default\)$/,
    () => ({ locationId: DATABASE_LOCATION, type: "FIRESTORE_NATIVE" }),
  ],
  [/\/versions\/latest$/, ({ path }) => ({ name: numbered(path, "1"), state: "ENABLED" })],
  [/\/secrets\/\w+$/, ({ path }) => ({ name: path.slice(4) })],
  [/\/repositories\/[\w-]+$/, ({ path }) => ({ name: path.slice(4) })],
  [
    /:generateUploadUrl$/,
    (_, origin) => ({ uploadUrl: `${origin}/upload`, storageSource: { bucket: "b", object: "o" } }),
  ],
  [/\/functions$/, ({ query }) => ({ name: `operations/${query.get("functionId")}` })],
  [/^\/v2\/operations\//, ({ path }) => ({ done: true, response: createdFunction(path) })],
];

export async function startFakeGoogle(firebaseTools: string): Promise<FakeGoogle> {
  const requests: Recorded[] = [];
  const server = createServer(async (message, response) => {
    const request = await record(message);
    requests.push(request);
    answer(request, response, `http://${message.headers.host}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const variables = addressVariables(firebaseTools);
  return {
    requests,
    env: Object.fromEntries(variables.map((name) => [name, `http://127.0.0.1:${port}`])),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The names of the variables stand in its source and nowhere else. */
function addressVariables(firebaseTools: string): string[] {
  const source = readFileSync(join(firebaseTools, "lib", "api.js"), "utf8");
  return [...source.matchAll(/envOverride\("(\w+)", "https:/g)].map(([, name]) => String(name));
}

async function record(message: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  const url = new URL(message.url ?? "/", "http://localhost");
  const isJson = message.headers["content-type"]?.includes("json") && raw.length > 0;
  return {
    method: message.method ?? "",
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    raw,
    body: isJson ? JSON.parse(raw.toString("utf8")) : undefined,
  };
}

function answer(request: Recorded, response: ServerResponse, origin: string): void {
  const isMissing = request.method === "GET" && request.path.includes("/jobs/");
  const route = ROUTES.find(([path]) => path.test(request.path));
  response.writeHead(isMissing ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(route?.[1](request, origin) ?? {}));
}

function createdFunction(path: string): object {
  const id = path.split("/").at(-1)?.toLowerCase();
  const service = `projects/${PROJECT}/locations/us-central1/services/${id}`;
  return { serviceConfig: { service, uri: `https://${id}.example.com` } };
}

function numbered(path: string, version: string): string {
  return path.slice(4).replace(PROJECT, NUMBER).replace("latest", version);
}

export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
}
