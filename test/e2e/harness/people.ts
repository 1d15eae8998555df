import { randomUUID } from "node:crypto";
import { AUTH_URL, PROJECT } from "./stack.ts";

export interface Claims {
  readonly admin?: boolean;
  readonly service?: boolean;
  readonly orgId?: string;
  readonly department?: string;
}

export interface Person {
  readonly uid: string;
  readonly email: string;
  readonly idToken: string;
}

/** A user of this test file alone, signed in with these claims. */
export async function signUp(name: string, claims: Claims = {}): Promise<Person> {
  const uid = `${name}-${randomUUID().slice(0, 8)}`;
  const email = `${uid}@example.com`;
  const password = "tollgate";
  await register(PROJECT, { localId: uid, email, password });
  if (Object.keys(claims).length > 0) {
    const customAttributes = JSON.stringify(claims);
    await auth(`projects/${PROJECT}/accounts:update`, { localId: uid, customAttributes });
  }
  const { idToken } = await auth("accounts:signInWithPassword?key=any", {
    email,
    password,
    returnSecureToken: true,
  });
  return { uid, email, idToken: String(idToken) };
}

/** Makes a user known to a project; the SDK asks for it before it believes an emulator's token. */
export async function register(
  project: string,
  user: { readonly localId: string; readonly email?: string; readonly password?: string },
): Promise<void> {
  await auth(`projects/${project}/accounts`, user);
}

/** A token that nobody signed ("alg": "none"), as the emulators take it and production must not. */
export function unsignedToken(
  uid: string,
  claims: Readonly<Record<string, unknown>> = {},
  project = PROJECT,
): string {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const payload = {
    iss: `https://securetoken.google.com/${project}`,
    aud: project,
    auth_time: nowSeconds,
    iat: nowSeconds,
    exp: nowSeconds + 3_600,
    sub: uid,
    user_id: uid,
    ...claims,
  };
  return `${base64({ alg: "none", typ: "JWT" })}.${base64(payload)}.`;
}

function base64(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

async function auth(path: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${AUTH_URL}/identitytoolkit.googleapis.com/v1/${path}`, {
    method: "POST",
    headers: { authorization: "Bearer owner", "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the auth emulator refused ${path}: ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}
