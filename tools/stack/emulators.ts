import { join } from "node:path";
import type { Emulators } from "../setup/toolchain.mjs";
import { type Child, lastLines, startChild, waitForLog } from "./child.ts";
import { StackError } from "./errors.ts";
import type { RunFolder } from "./run-folder.ts";

export const PROJECT = "demo-tollgate";

const READY_TIMEOUT_MS = 120_000;
const READY = /All emulators ready/;
/** firebase-tools goes on without the functions that it could not load; a stack does not. */
const NOT_LOADED = /Failed to load function definition from source.*/;

/** Workers that the functions emulator keeps, of about 165 MB each. */
const PARALLEL_WORKERS = "6";
/** A request whose worker is not up by then is never answered; on a busy machine one takes more than the usual 30. */
const WORKER_TIMEOUT_SECONDS = "120";

function command({ firebaseTools, firestore }: Emulators, only: string): string[] {
  const firebase = ["node", firebaseTools, "emulators:start", "--project", PROJECT, "--only", only];
  // hidane stands in for Java and the official jar, for this one command.
  return firestore.kind === "hidane" ? [firestore.path, "exec", "--", ...firebase] : firebase;
}

function binaries({ firestore, pubsub }: Emulators): NodeJS.ProcessEnv {
  return {
    PUBSUB_EMULATOR_BINARY_PATH: pubsub.path,
    ...(firestore.kind === "jar" && { FIRESTORE_EMULATOR_BINARY_PATH: firestore.path }),
  };
}

export function startEmulators(
  emulators: Emulators,
  folder: RunFolder,
  env: NodeJS.ProcessEnv,
  withFunctions: boolean,
): Child {
  const only = withFunctions ? "auth,firestore,pubsub,functions" : "auth,firestore,pubsub";
  return startChild("The emulator suite", command(emulators, only), {
    cwd: folder.project,
    log: join(folder.logs, "emulators.log"),
    env: {
      ...env,
      ...binaries(emulators),
      TMPDIR: folder.temporary,
      NO_COLOR: "1",
      // Else every start asks Google for a message of the day.
      CI: "true",
      METADATA_SERVER_DETECTION: "none",
      FIREBASE_FUNCTIONS_DISCOVERY_OUTPUT_PATH: "true",
      FIREBASE_CLI_DISABLE_UPDATE_CHECK: "1",
      FUNCTIONS_DISCOVERY_TIMEOUT: WORKER_TIMEOUT_SECONDS,
      FUNCTIONS_EMULATOR_PARALLEL: env.FUNCTIONS_EMULATOR_PARALLEL || PARALLEL_WORKERS,
    },
  });
}

export async function emulatorsReady(child: Child): Promise<void> {
  const said = await waitForLog(
    child,
    new RegExp(`${READY.source}|${NOT_LOADED.source}`),
    READY_TIMEOUT_MS,
  );
  if (!READY.test(said)) throw new StackError(`The functions do not load.${lastLines(child)}`);
}
