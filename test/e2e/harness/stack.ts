import { join } from "node:path";

/** Everything here runs inside `npm run stack -- npx jest test/e2e`, which says where the servers are. */
function fromStack(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run this in the stack (test/README.md)`);
  return value;
}

export const ROOT = join(import.meta.dirname, "../../..");
export const PROJECT = fromStack("GCLOUD_PROJECT");
export const FUNCTIONS_URL = fromStack("TOLLGATE_FUNCTIONS_URL");
export const FUNCTIONS_ORIGIN = new URL(FUNCTIONS_URL).origin;
export const MODEL_URL = fromStack("TOLLGATE_MODEL_URL");
export const FIRESTORE_URL = `http://${fromStack("FIRESTORE_EMULATOR_HOST")}`;
export const AUTH_URL = `http://${fromStack("FIREBASE_AUTH_EMULATOR_HOST")}`;
/** The logs of this stack's servers. */
export const LOGS = join(ROOT, ".tollgate", "runs", fromStack("TOLLGATE_STACK"), "logs");

/** Longest wait of a test that has to reckon with a cold worker of the functions emulator. */
export const SLOW_MS = 60_000;
