import { CORS_ORIGINS, ENFORCE_APP_CHECK, REGION } from "../config.ts";

/** firebase-tools loads the functions to see which there are; nobody calls them there. */
const isDiscovery = process.env.FUNCTIONS_CONTROL_API === "true";

/** What all callable doors share. */
export const DOOR = {
  region: REGION,
  cors: CORS_ORIGINS,
  // Read by the SDK at load; during a discovery it would warn of that, three lines for every door.
  enforceAppCheck: isDiscovery ? false : ENFORCE_APP_CHECK,
} as const;
