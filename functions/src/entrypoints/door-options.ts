import type { CallableOptions } from "firebase-functions/https";

/** The SDK parses a body of up to 32 MB before it looks at the token: memory and concurrency go together. */
interface Size extends Pick<CallableOptions, "memory" | "cpu" | "concurrency" | "maxInstances"> {
  readonly timeoutSeconds: number;
}

/** Waits for a model: many at once, long, hardly any CPU. */
export const MODEL_DOOR = {
  memory: "1GiB",
  cpu: 1,
  concurrency: 40,
  timeoutSeconds: 600,
  maxInstances: 50,
} as const satisfies Size;

/**
 * What a call takes beside its provider's answer: budgets, admission and hold before it (some 10 s at worst), the settlement
 * and its overflow after it (4.5 s). A door that its platform ends settles nothing.
 */
const DOOR_MARGIN_SECONDS = 20;

/** How long a door's call may take until its provider is left: 540 s, or what 600 s or 120 s leave of that: 540, 100. */
export function callLimitMs({ timeoutSeconds }: Size, requestTimeoutSeconds: number): number {
  return Math.min(requestTimeoutSeconds, timeoutSeconds - DOOR_MARGIN_SECONDS) * 1_000;
}

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
