import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { runQuietly } from "../../tools/setup/commands.mjs";
import { ROOT } from "../../tools/setup/paths.mjs";

const COMMAND = join(ROOT, "functions", "src", "entrypoints", "commands", "grant-admin.ts");
/** A project of this file's own. */
const PROJECT = "demo-grant-admin";
const EMAIL = "ada@example.com";
const AUTH = `http://${process.env.FIREBASE_AUTH_EMULATOR_HOST}/identitytoolkit.googleapis.com/v1`;

interface Answer {
  readonly localId?: string;
  readonly users?: readonly User[];
}

interface User {
  readonly customAttributes?: string;
  /** Seconds since the epoch; older sessions have ended. */
  readonly validSince?: string;
}

/** As a service that may do everything, which the emulator takes "owner" for. */
async function ask(path: string, body: object): Promise<Answer> {
  const response = await fetch(`${AUTH}/projects/${PROJECT}/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer owner" },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

async function user(): Promise<User> {
  const { users } = await ask("accounts:lookup", { email: [EMAIL] });
  return users?.[0] ?? {};
}

async function claims(): Promise<unknown> {
  return JSON.parse((await user()).customAttributes ?? "{}");
}

function grantAdmin(args: string[], env: Record<string, string | undefined> = {}) {
  const nobodys = { GCLOUD_PROJECT: undefined, GOOGLE_CLOUD_PROJECT: undefined };
  return runQuietly("node", [COMMAND, ...args], { env: { ...process.env, ...nobodys, ...env } });
}

describe("npm run grant-admin", () => {
  beforeAll(async () => {
    const { localId } = await ask("accounts", { email: EMAIL, password: "not-a-secret" });
    await ask("accounts:update", { localId, customAttributes: '{"department":"support"}' });
    await ask("accounts:update", { localId, validSince: "1" });
  });

  it("gives the claim, keeps the others, and says where", async () => {
    const { code, output } = await grantAdmin([EMAIL, "--project", PROJECT]);
    expect(output).toContain(`Users of project ${PROJECT} in the auth emulator at`);
    expect(output).toContain(`${EMAIL} is an administrator now`);
    expect(code).toBe(0);
    expect(await claims()).toEqual({ department: "support", admin: true });
    expect((await user()).validSince).toBe("1");
  });

  it("takes the claim again and ends the sessions", async () => {
    const { code } = await grantAdmin([EMAIL, "--revoke"], { GCLOUD_PROJECT: PROJECT });
    expect(code).toBe(0);
    expect(await claims()).toEqual({ department: "support" });
    expect(Number((await user()).validSince)).toBeGreaterThan(1);
  });

  it("tells of a user who is not there", async () => {
    const { code, output } = await grantAdmin(["nobody@example.com", "--project", PROJECT]);
    expect(code).toBe(1);
    expect(output).toContain("There is no such user there");
  });

  it("tells that no emulator runs where one was to be", async () => {
    const closed = { FIREBASE_AUTH_EMULATOR_HOST: undefined, TOLLGATE_AUTH_PORT: "1" };
    const { code, output } = await grantAdmin([EMAIL], closed);
    expect(code).toBe(1);
    expect(output).toContain("127.0.0.1:1");
    expect(output).toContain("Is npm start running?");
  });

  it.each([[[]], [[EMAIL, "more@example.com"]], [[EMAIL, "--everybody"]]])(
    "shows how it is used for %j",
    async (args) => {
      const { code, output } = await grantAdmin(args);
      expect(code).toBe(2);
      expect(output).toContain("Usage: npm run grant-admin -- EMAIL");
    },
  );
});
