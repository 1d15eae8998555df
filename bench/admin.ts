import { randomUUID } from "node:crypto";
import { ask } from "./callable.ts";
import { serve } from "./served/framework.ts";

const PROJECT = process.env.GCLOUD_PROJECT ?? "";
const AUTH = `http://${process.env.FIREBASE_AUTH_EMULATOR_HOST}/identitytoolkit.googleapis.com/v1`;

/** A budget for every user as administrators make one, far from being reached. */
export async function setUserBudget(
  database: string,
  enforcement: "alert" | "block",
): Promise<void> {
  const scope = { scope: "user", scopeId: "*" };
  const data = { ...scope, unit: "usd", window: "month", limitUsd: "1000000", enforcement };
  const env = { DATABASE_ID: database };
  const door = await serve({ source: "functions", target: "setBudget", env });
  try {
    const token = await adminToken();
    await ask({ url: door.origin, token, body: JSON.stringify({ data }), streams: false });
  } finally {
    await door.stop();
  }
}

/** Of a user whom the auth emulator knows, since administrators' tokens are looked up. */
export async function adminToken(): Promise<string> {
  const person = { email: `admin-${randomUUID()}@bench.example`, password: "not-a-secret" };
  const { localId } = await post(`/projects/${PROJECT}/accounts`, person);
  const customAttributes = JSON.stringify({ admin: true });
  await post(`/projects/${PROJECT}/accounts:update`, { localId, customAttributes });
  const signIn = { ...person, returnSecureToken: true };
  const { idToken } = await post("/accounts:signInWithPassword?key=bench", signIn);
  return String(idToken);
}

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { authorization: "Bearer owner", "content-type": "application/json" };
  const response = await fetch(AUTH + path, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the auth emulator answers ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
