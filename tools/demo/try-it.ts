import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup/paths.mjs";
import type { Addresses } from "./addresses.ts";
import type { FrontEnd } from "./front-end.ts";

/** Relative, since what is printed is pasted in the same folder. */
const FOLDER = ".tollgate";
const TOKEN = `${FOLDER}/token`;
const CLIENT = `${FOLDER}/try.mjs`;

/** Writes what the printed lines need: a token of this person, and the client. */
export async function writeTryFiles(frontEnd: FrontEnd, addresses: Addresses): Promise<void> {
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  writeFileSync(join(ROOT, TOKEN), await frontEnd.idToken(), { mode: 0o600 });
  writeFileSync(join(ROOT, CLIENT), clientSource(frontEnd.person, addresses));
}

/** A command for a shell; its JSON is broken where JSON may be. */
export function curlLines({ functionsUrl }: Pick<Addresses, "functionsUrl">): string[] {
  return [
    `curl -s ${functionsUrl}/chat \\`,
    `  -H "authorization: Bearer $(cat ${TOKEN})" \\`,
    "  -H content-type:application/json \\",
    `  -d '{"data": {"model": "gpt-4o-mini",`,
    `       "messages": [{"role": "user", "content": "Why is the sky blue?"}]}}'`,
  ];
}

export const CLIENT_COMMAND = `node ${CLIENT} "Why is the sky blue?"`;

/** A front end in a dozen lines: it signs in, calls, and reads the answer as it comes. */
export function clientSource(
  { email, password }: { readonly email: string; readonly password: string },
  { projectId, authUrl, functionsUrl }: Addresses,
): string {
  const { hostname, port } = new URL(functionsUrl);
  return `import { initializeApp } from "firebase/app";
import { connectAuthEmulator, getAuth, signInWithEmailAndPassword } from "firebase/auth";
import { connectFunctionsEmulator, getFunctions, httpsCallable } from "firebase/functions";
const app = initializeApp({ apiKey: "demo", projectId: "${projectId}" });
connectAuthEmulator(getAuth(app), "${authUrl}", { disableWarnings: true });
connectFunctionsEmulator(getFunctions(app), "${hostname}", ${port});
await signInWithEmailAndPassword(getAuth(app), "${email}", "${password}");
const question = { model: "gpt-4o-mini", messages: [{ role: "user", content: process.argv[2] }] };
const { stream, data } = await httpsCallable(getFunctions(app), "chat").stream(question);
for await (const { delta } of stream) process.stdout.write(delta ?? "");
console.log("\\n", (await data).cost);
`;
}
