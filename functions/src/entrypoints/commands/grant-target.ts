/** Project of the emulators that `npm start` brings up. */
const EMULATED_PROJECT = "demo-tollgate";
const AUTH_PORT = "9099";

type Env = Readonly<Record<string, string | undefined>>;

/** Whose users a command is about. */
export interface GrantTarget {
  readonly projectId: string;
  /** host:port of the auth emulator; undefined means Google, with this machine's credentials. */
  readonly emulatorHost: string | undefined;
}

/**
 * A project that is named, by option or environment, is the real one, unless the environment names an auth emulator
 * too. With neither it is the one of a running `npm start`: by default nothing real is touched.
 */
export function grantTarget(project: string | undefined, env: Env): GrantTarget {
  const named = project || env.GCLOUD_PROJECT || env.GOOGLE_CLOUD_PROJECT;
  const emulator = env.FIREBASE_AUTH_EMULATOR_HOST || undefined;
  if (named) return { projectId: named, emulatorHost: emulator };
  const started = `127.0.0.1:${env.TOLLGATE_AUTH_PORT || AUTH_PORT}`;
  return { projectId: EMULATED_PROJECT, emulatorHost: emulator ?? started };
}

export function describeTarget({ projectId, emulatorHost }: GrantTarget): string {
  return emulatorHost === undefined
    ? `project ${projectId} at Google`
    : `project ${projectId} in the auth emulator at ${emulatorHost}`;
}

/** What can be done about a failure, by the code of the SDK's error. */
export function adviceFor(code: string, target: GrantTarget): string {
  if (code === "auth/user-not-found") {
    return "There is no such user there. People are made by their first sign-in, or in the console under Authentication.";
  }
  if (target.emulatorHost !== undefined) {
    return [
      "Is npm start running? Its auth emulator is looked for at port 9099, or TOLLGATE_AUTH_PORT.",
      "For a real project: npm run grant-admin -- EMAIL --project PROJECT_ID",
    ].join("\n");
  }
  return [
    "Credentials that may change users of that project are needed, either of",
    "  gcloud auth application-default login --project PROJECT_ID",
    "  GOOGLE_APPLICATION_CREDENTIALS=path of a service account's key (role Firebase Authentication Admin)",
  ].join("\n");
}
