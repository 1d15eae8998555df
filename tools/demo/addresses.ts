/** Where the parts of a running stack are. */
export interface Addresses {
  readonly projectId: string;
  /** http://HOST:PORT/PROJECT/REGION, to which a door's name is added. */
  readonly functionsUrl: string;
  readonly authUrl: string;
  readonly firestoreUrl: string;
  readonly modelUrl: string;
}

export function addressesIn(env: Readonly<Record<string, string>>): Addresses {
  const value = (name: string): string => {
    const found = env[name];
    if (found === undefined) throw new TypeError(`The stack does not tell ${name}.`);
    return found;
  };
  return {
    projectId: value("GCLOUD_PROJECT"),
    functionsUrl: value("TOLLGATE_FUNCTIONS_URL"),
    authUrl: `http://${value("FIREBASE_AUTH_EMULATOR_HOST")}`,
    firestoreUrl: `http://${value("FIRESTORE_EMULATOR_HOST")}`,
    modelUrl: value("TOLLGATE_MODEL_URL"),
  };
}

/** Whether the simulated model answers, and no provider that bills. */
export function isSimulated(env: Readonly<Record<string, string>>): boolean {
  return env.OPENAI_BASE_URL === `${env.TOLLGATE_MODEL_URL}/v1`;
}
