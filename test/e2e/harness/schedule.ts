import { FUNCTIONS_ORIGIN, PROJECT } from "./stack.ts";

/** Fires a scheduled function as Cloud Scheduler does; `onSchedule` never fires by itself in the emulator. */
export async function fireSchedule(name: string, at: Date = new Date()): Promise<void> {
  const url = `${FUNCTIONS_ORIGIN}/functions/projects/${PROJECT}/triggers/us-central1-${name}-0`;
  const response = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-cloudscheduler-scheduletime": at.toISOString(),
    },
    body: "{}",
  });
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`);
}
