import type { CallableOptions } from "firebase-functions/https";

/** The SDK parses a body of up to 32 MB before it looks at the token: memory and concurrency go together. */
type Size = Pick<
  CallableOptions,
  "memory" | "cpu" | "concurrency" | "timeoutSeconds" | "maxInstances"
>;

/** Waits for a model: many at once, long, hardly any CPU. */
export const MODEL_DOOR = {
  memory: "1GiB",
  cpu: 1,
  concurrency: 40,
  timeoutSeconds: 600,
  maxInstances: 50,
} as const satisfies Size;

export const EMBED_DOOR = {
  memory: "512MiB",
  cpu: 1,
  concurrency: 20,
  timeoutSeconds: 120,
  maxInstances: 50,
} as const satisfies Size;

/** Reports, budgets, alerts, tracking. */
export const READER_DOOR = {
  memory: "512MiB",
  cpu: 1,
  concurrency: 20,
  timeoutSeconds: 60,
  maxInstances: 20,
} as const satisfies Size;
