import { FUNCTIONS_ORIGIN, PROJECT } from "./stack.ts";

/** Fires a scheduled function as Cloud Scheduler does; `onSchedule` never fires by itself in the emulator. */
export function fireSchedule(name: string, at: Date = new Date()): Promise<void> {
  return fire(
    `${FUNCTIONS_ORIGIN}/functions/projects/${PROJECT}/triggers/us-central1-${name}-0`,
    at,
  );
}

/** The same where functions-framework serves it, so many minutes from now. */
export function fireServed(origin: string, name: string, inMinutes: number): Promise<void> {
  return fire(`${origin}/${name}`, new Date(Date.now() + inMinutes * 60_000));
}

async function fire(url: string, at: Date): Promise<void> {
  const headers = {
    "content-type": "application/json",
    "x-cloudscheduler-scheduletime": at.toISOString(),
  };
  const response = await fetch(url, { method: "POST", headers, body: "{}" });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
}
