import { parseArgs } from "node:util";
import { initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";
import { adviceFor, describeTarget, type GrantTarget, grantTarget } from "./grant-target.ts";

const USAGE = "Usage: npm run grant-admin -- EMAIL [--revoke] [--project PROJECT_ID]";

/**
 * Gives a user the claim `admin`, or takes it; other claims stay. It counts from the user's next token on. Who loses
 * it is signed out, so that the doors of administrators refuse the tokens that are still about.
 */
async function grantAdmin(target: GrantTarget, email: string, isAdmin: boolean): Promise<string> {
  if (target.emulatorHost !== undefined) {
    process.env.FIREBASE_AUTH_EMULATOR_HOST = target.emulatorHost;
  }
  const auth = getAuth(initializeApp({ projectId: target.projectId }));
  const user = await auth.getUserByEmail(email);
  const { admin: _before, ...claims } = user.customClaims ?? {};
  await auth.setCustomUserClaims(user.uid, isAdmin ? { ...claims, admin: true } : claims);
  if (isAdmin) return `${email} is an administrator now, from the next sign-in on.`;
  await auth.revokeRefreshTokens(user.uid);
  return `${email} is no administrator any more, and has to sign in again.`;
}

async function main(): Promise<number> {
  const { positionals, values } = readArguments();
  const [email] = positionals;
  if (email === undefined || positionals.length !== 1) {
    console.error(USAGE);
    return 2;
  }
  const target = grantTarget(values.project, process.env);
  console.log(`Users of ${describeTarget(target)}`);
  try {
    console.log(await grantAdmin(target, email, values.revoke !== true));
    return 0;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    console.error(`Not done: ${error instanceof Error ? error.message : String(error)}`);
    console.error(adviceFor(code, target));
    return 1;
  }
}

function readArguments() {
  const options = { revoke: { type: "boolean" }, project: { type: "string" } } as const;
  try {
    return parseArgs({ allowPositionals: true, options });
  } catch {
    return { positionals: [], values: {} }; // an unknown option: the usage says which there are
  }
}

process.exitCode = await main();
