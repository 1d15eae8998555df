import {
  type CommandTarget,
  commandTarget,
  describeTarget as describe,
  type Emulator,
  type Env,
} from "./command-target.ts";

const AUTH: Emulator = {
  name: "auth",
  hostVariable: "FIREBASE_AUTH_EMULATOR_HOST",
  portVariable: "TOLLGATE_AUTH_PORT",
  port: "9099",
};

/** Whose users a command is about. */
export type GrantTarget = CommandTarget;

export function grantTarget(project: string | undefined, env: Env): GrantTarget {
  return commandTarget(AUTH, project, env);
}

export function describeTarget(target: GrantTarget): string {
  return describe(AUTH, target);
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
