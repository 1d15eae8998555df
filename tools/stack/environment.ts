import { delimiter, join } from "node:path";
import { ROOT } from "../setup/paths.mjs";
import { PROJECT } from "./emulators.ts";
import type { Parameters } from "./parameters.ts";
import { HOST, type Ports } from "./ports.ts";

/** Where functions are when functions/.env does not say. */
const DEFAULT_REGION = "us-central1";

export function originOf(port: number): string {
  return `http://${HOST}:${port}`;
}

/**
 * What a command in the stack sees beside the environment that it was called in: where everything
 * is, and all that functions/ needs to be served by functions-framework.
 */
export function commandEnvironment(
  ports: Ports,
  parameters: Parameters,
  path: string,
): Record<string, string> {
  const region = parameters.plain.REGION ?? DEFAULT_REGION;
  return {
    ...parameters.plain,
    ...parameters.secret,
    FIRESTORE_EMULATOR_HOST: `${HOST}:${ports.firestore}`,
    FIREBASE_AUTH_EMULATOR_HOST: `${HOST}:${ports.auth}`,
    PUBSUB_EMULATOR_HOST: `${HOST}:${ports.pubsub}`,
    GCLOUD_PROJECT: PROJECT,
    GOOGLE_CLOUD_PROJECT: PROJECT,
    FIREBASE_CONFIG: JSON.stringify({ projectId: PROJECT }),
    METADATA_SERVER_DETECTION: "none",
    TOLLGATE_FUNCTIONS_URL: `${originOf(ports.functions)}/${PROJECT}/${region}`,
    TOLLGATE_MODEL_URL: originOf(ports.model),
    PATH: [join(ROOT, "node_modules", ".bin"), path].join(delimiter),
  };
}
