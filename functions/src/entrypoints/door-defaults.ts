import { CORS_ORIGINS, ENFORCE_APP_CHECK, REGION } from "../config.ts";

/** What all callable doors share. */
export const DOOR = {
  region: REGION,
  cors: CORS_ORIGINS,
  enforceAppCheck: ENFORCE_APP_CHECK,
} as const;
