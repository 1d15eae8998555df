import { parseArgs } from "node:util";
import { initializeApp } from "firebase-admin/app";
import { getAuth } from "firebase-admin/auth";

const USAGE = "npm run grant-admin -- EMAIL [--revoke]";

/** Gives a user the claim `admin`, or takes it; other claims stay. It counts from the user's next token on. */
async function grantAdmin(email: string, isAdmin: boolean): Promise<void> {
  initializeApp();
  const user = await getAuth().getUserByEmail(email);
  const { admin: _before, ...claims } = user.customClaims ?? {};
  await getAuth().setCustomUserClaims(user.uid, isAdmin ? { ...claims, admin: true } : claims);
  console.log(
    `${email} is ${isAdmin ? "an administrator now" : "no administrator any more"} (after signing in again).`,
  );
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { revoke: { type: "boolean" } },
});
const [email] = positionals;
if (email === undefined || positionals.length !== 1) {
  console.error(`Usage: ${USAGE}`);
  process.exitCode = 2;
} else {
  grantAdmin(email, values.revoke !== true).catch((error: unknown) => {
    console.error(`Not done: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  });
}
