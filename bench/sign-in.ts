import { generateKeyPairSync, sign } from "node:crypto";

const LIFE_SECONDS = 3_600;

/** Signs tokens as Firebase does, with a key of its own; `publicKey` goes to the processes that check them. */
export interface SignIn {
  readonly publicKey: string;
  tokenOf(uid: string): string;
}

export function createSignIn(projectId: string): SignIn {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    tokenOf(uid) {
      const body = `${encode({ alg: "RS256", kid: "bench", typ: "JWT" })}.${encode(claimsOf(uid, projectId))}`;
      return `${body}.${sign("sha256", Buffer.from(body), privateKey).toString("base64url")}`;
    },
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}

function claimsOf(uid: string, projectId: string) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss: `https://securetoken.google.com/${projectId}`,
    aud: projectId,
    sub: uid,
    user_id: uid,
    auth_time: now,
    iat: now,
    exp: now + LIFE_SECONDS,
    firebase: { identities: {}, sign_in_provider: "custom" },
  };
}
