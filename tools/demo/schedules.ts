import type { Addresses } from "./addresses.ts";

/**
 * Fires a scheduled function, which the emulator never does by itself. The time is what the function takes for now:
 * a later one makes care look at outbox documents that it would leave to their trigger for another minute.
 */
export async function fire(
  name: "careForLedger" | "checkBudgets",
  { functionsUrl, projectId }: Addresses,
  scheduleTime: Date,
): Promise<void> {
  const { origin, pathname } = new URL(functionsUrl);
  const region = pathname.split("/").at(-1);
  const url = `${origin}/functions/projects/${projectId}/triggers/${region}-${name}-0`;
  const headers = {
    "content-type": "application/json",
    "x-cloudscheduler-scheduletime": scheduleTime.toISOString(),
  };
  const response = await fetch(url, { method: "POST", headers, body: "{}" });
  if (!response.ok) throw new Error(`${name} answers ${response.status}: ${await response.text()}`);
}
