import "./testing/captured-log.ts";
import "./testing/fake-sign-in.ts";
import type { Server } from "node:http";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { TollgateError } from "../core/errors.ts";
import { type Access, type Call, defineCallable } from "./define-callable.ts";
import { READER_DOOR } from "./door-options.ts";
import { capturedLog } from "./testing/captured-log.ts";
import { tokenOf, verifyIdToken } from "./testing/fake-sign-in.ts";

const schema = z.strictObject({
  name: z.string().optional(),
  list: z.array(z.unknown()).optional(),
});
type Data = z.output<typeof schema>;

const calls: Call<Data, unknown>[] = [];

function door(access: Access) {
  return defineCallable<typeof schema, unknown, unknown>(
    schema,
    { access, ...READER_DOOR },
    async (call) => {
      calls.push(call);
      if (call.data.name === "missing") throw new TollgateError("NOT_FOUND", "There is none.");
      if (call.data.name === "broken") throw new Error("canary in a message");
      await call.response?.sendChunk({ delta: "a" });
      return { hello: call.caller.uid };
    },
  );
}

const doors = { user: door("user"), service: door("service"), admin: door("admin") };
const servers = new Map<Access, Server>();

beforeAll(async () => {
  for (const access of ["user", "service", "admin"] as const) {
    http(access, (request, response) =>
      Reflect.apply(doors[access], undefined, [request, response]),
    );
    const server = getTestServer(access);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    servers.set(access, server);
  }
});

afterAll(async () => {
  for (const server of servers.values()) await new Promise((resolve) => server.close(resolve));
});

beforeEach(() => {
  calls.length = 0;
  capturedLog.length = 0;
  verifyIdToken.mockClear();
});

const ALICE = tokenOf({ sub: "alice" });
const ADMIN = tokenOf({ sub: "root", admin: true });

async function post(access: Access, body: string, token?: string, accept = "application/json") {
  const address = servers.get(access)?.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      origin: "https://app.example.com",
      accept,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

async function errorOf(access: Access, body: string, token?: string) {
  const { status, text } = await post(access, body, token);
  const { error } = JSON.parse(text);
  return {
    status,
    reason: error.details?.reason,
    field: error.details?.field,
    message: error.message,
  };
}

const call = (data: unknown) => JSON.stringify({ data });

describe("defineCallable, served by functions-framework", () => {
  it("hands the parsed request and the caller to the use case and sends its answer", async () => {
    const { status, text } = await post("user", call({ name: "x" }), ALICE);
    expect([status, JSON.parse(text)]).toEqual([200, { result: { hello: "alice" } }]);
    expect(calls[0]?.data).toEqual({ name: "x" });
  });

  it("streams chunks before the result", async () => {
    const { text } = await post("user", call({}), ALICE, "text/event-stream");
    expect(text).toBe('data: {"message":{"delta":"a"}}\n\ndata: {"result":{"hello":"alice"}}\n\n');
  });

  it("keeps what a deployment reads from a callable", () => {
    const { __endpoint: endpoint } = doors.user;
    expect(endpoint).toMatchObject({
      callableTrigger: {},
      concurrency: 20,
      timeoutSeconds: 60,
      availableMemoryMb: 512,
    });
    expect(typeof doors.user.run).toBe("function");
  });

  it.each<[string, Access, string | undefined, number, string]>([
    ["no token", "user", undefined, 401, "UNAUTHENTICATED"],
    ["a token without a user", "user", tokenOf({ admin: true }), 401, "UNAUTHENTICATED"],
    ["a user", "admin", ALICE, 403, "NOT_ADMIN"],
    ["a service", "admin", tokenOf({ sub: "w", service: true }), 403, "NOT_ADMIN"],
    ["a user", "service", ALICE, 403, "NOT_SERVICE"],
  ])(
    "refuses %s at a door for %s before it looks at the data",
    async (_who, access, token, status, reason) => {
      expect(await errorOf(access, call({ surprise: 1 }), token)).toMatchObject({ status, reason });
      expect(calls).toHaveLength(0);
    },
  );

  it("lets services and admins through their doors", async () => {
    expect((await post("service", call({}), tokenOf({ sub: "w", service: true }))).status).toBe(
      200,
    );
    expect((await post("service", call({}), ADMIN)).status).toBe(200);
    expect((await post("admin", call({}), ADMIN)).status).toBe(200);
  });

  it("asks at doors for admins, and only there, whether the token was revoked", async () => {
    const revoked = tokenOf({ sub: "root", admin: true, revoked: true });
    const refused = { status: 401, reason: "UNAUTHENTICATED" };
    expect((await post("user", call({}), revoked)).status).toBe(200);
    expect(await errorOf("admin", call({}), revoked)).toMatchObject(refused);
    expect(verifyIdToken).toHaveBeenLastCalledWith(revoked, true);
  });

  it("maps the use case's errors", async () => {
    expect(await errorOf("user", call({ name: "missing" }), ALICE)).toMatchObject({
      status: 404,
      reason: "NOT_FOUND",
    });
    expect(await errorOf("user", call({ name: "broken" }), ALICE)).toMatchObject({ status: 500 });
    expect(capturedLog.join("")).toContain("Unexpected error");
    expect(capturedLog.join("")).not.toContain("canary");
  });
});

describe("bodies that the SDK would stumble over", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;

  it.each<[string, string, string]>([
    ["a list", call([]), "data"],
    ["a string", call("x"), "data"],
    ["no data", "{}", "data"],
    ["data under another name", '{"messages": "canary"}', "data"],
    ["__proto__", '{"data": {"__proto__": {"name": "x"}}}', "__proto__"],
    ["__proto__ with a plain value", '{"data": {"list": [{"__proto__": 1}]}}', "list[0].__proto__"],
    ["constructor", '{"data": {"constructor": 1}}', "constructor"],
    ["an unknown @type", '{"data": {"list": [{"@type": "canary"}]}}', "list[0]"],
    ["a 64-bit number that is none", `{"data": {"list": [${long("canary")}]}}`, "list[0]"],
    ["too many values", call({ list: new Array(50_001).fill(0) }), "list"],
  ])("get INVALID_FIELD for %s, and nothing of them is logged", async (_what, body, field) => {
    expect(await errorOf("user", body, ALICE)).toMatchObject({
      status: 400,
      reason: "INVALID_FIELD",
      field,
    });
    expect(calls).toHaveLength(0);
    expect(capturedLog.join("")).not.toContain("canary");
  });

  it("get INVALID_FIELD for 100 000 levels", async () => {
    const answer = await errorOf("user", `{"data": {"list": ${deep}}}`, ALICE);
    expect(answer).toMatchObject({ status: 400, reason: "INVALID_FIELD" });
    expect(answer.message).toMatch(/must not be nested deeper than 48 levels$/);
  });

  it("are not looked at before the token, and answer with CORS headers", async () => {
    const { status, headers } = await post("user", `{"data": {"list": ${deep}}}`);
    expect([status, headers.get("access-control-allow-origin")]).toEqual([
      401,
      "https://app.example.com",
    ]);
  });

  it("may hold 64-bit numbers as mobile clients send them", async () => {
    await post("user", `{"data": {"list": [${long("42")}]}}`, ALICE);
    expect(calls[0]?.data).toEqual({ list: [42] });
  });
});

function long(value: string): string {
  return `{"@type": "type.googleapis.com/google.protobuf.Int64Value", "value": "${value}"}`;
}
