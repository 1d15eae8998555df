import { REGION } from "../config.ts";

/** One run at a time, ended before the next begins; the next run does what a failed one did not. */
export const EVERY_FIVE_MINUTES = {
  schedule: "every 5 minutes",
  timeZone: "Etc/UTC",
  region: REGION,
  memory: "512MiB",
  maxInstances: 1,
  concurrency: 1,
  timeoutSeconds: 240,
  retryCount: 0,
} as const;
