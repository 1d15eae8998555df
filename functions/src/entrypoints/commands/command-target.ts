/** Project of the emulators that `npm start` brings up. */
const EMULATED_PROJECT = "demo-tollgate";

export type Env = Readonly<Record<string, string | undefined>>;

/** Whose data a command is about. */
export interface CommandTarget {
  readonly projectId: string;
  /** host:port of the emulator; undefined means Google, with this machine's credentials. */
  readonly emulatorHost: string | undefined;
}

/** The emulator that a command talks to when it does not talk to Google. */
export interface Emulator {
  readonly name: string;
  /** Where SDKs look for its address. */
  readonly hostVariable: string;
  /** Moves the port of `npm start`. */
  readonly portVariable: string;
  readonly port: string;
}

/**
 * A project that is named, by option or environment, is the real one, unless the environment names an emulator too.
 * With neither it is the one of a running `npm start`: by default nothing real is touched.
 */
export function commandTarget(
  { hostVariable, portVariable, port }: Emulator,
  project: string | undefined,
  env: Env,
): CommandTarget {
  const named = project || env.GCLOUD_PROJECT || env.GOOGLE_CLOUD_PROJECT;
  const host = env[hostVariable] || undefined;
  if (named) return { projectId: named, emulatorHost: host };
  const started = `127.0.0.1:${env[portVariable] || port}`;
  return { projectId: EMULATED_PROJECT, emulatorHost: host ?? started };
}

export function describeTarget(
  { name }: Emulator,
  { projectId, emulatorHost }: CommandTarget,
): string {
  return emulatorHost === undefined
    ? `project ${projectId} at Google`
    : `project ${projectId} in the ${name} emulator at ${emulatorHost}`;
}
